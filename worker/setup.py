"""What ``fermata setup`` does: search attributes in Temporal, first keys and a first policy. Again without harm."""

from datetime import UTC, datetime

from pydantic import BaseModel
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client

from fermata.access import first_keys
from fermata.audit import Act, os_user, write
from fermata.database import open_pool
from fermata.errors import ConfigurationError
from fermata.ledger.first_policy import first_policy
from fermata.policy import default_document
from fermata.settings import Settings
from worker.temporal import connect
from workflows.search_attributes import ALL


class FirstKeys(BaseModel):
    """The keys that a new deployment starts with; None where they had been made before."""

    write_key: str | None
    admin_key: str | None


async def set_up(settings: Settings) -> FirstKeys:
    """Registers the search attributes, makes the first keys and puts a policy in force, where that was not done yet.

    Args:
        settings: Of this deployment.

    Raises:
        Unavailable: Temporal or Postgres does not answer.
    """
    await _register(await connect())
    async with open_pool(settings.database_url) as pool, pool.acquire() as connection, connection.transaction():
        keys, now = await first_keys(connection), datetime.now(UTC)
        for name in keys:
            await write(connection, Act(os_user(), "keys.create", f"key {name}"))
        policy = await first_policy(connection, default_document(), at=now)
        if policy.activated_at == now:
            await write(connection, Act(os_user(), "policy.activate", policy.version))
    return FirstKeys(write_key=keys.get("write"), admin_key=keys.get("admin"))


async def check_search_attributes(client: Client) -> None:
    """Makes sure that every search attribute is registered: an upsert of an unknown one would fail its run in a loop.

    Raises:
        ConfigurationError: Some are missing; it names them.
    """
    there = await _registered(client)
    missing = [attribute.name for attribute in ALL if attribute.name not in there]
    if missing:
        raise ConfigurationError(
            f"Temporal does not know the search attributes {', '.join(missing)}: run `fermata setup`"
        )


async def _register(client: Client) -> None:
    there = await _registered(client)
    missing = {
        attribute.name: IndexedValueType.ValueType(attribute.indexed_value_type)
        for attribute in ALL
        if attribute.name not in there
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def _registered(client: Client) -> set[str]:
    response = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return set(response.custom_attributes)
