"""``/api/v1/providers``: how the providers are, and how to hold one back or let it in again."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from api.authentication import bearer
from fermata.access import Key, Keys, Scope
from fermata.audit import Act, Actor, Door, recorded
from fermata.channels.standings import ProviderStanding, hold_provider, list_providers, release_provider
from fermata.database import Pool

Name = Annotated[str, Path(min_length=1, max_length=255, pattern="^[^\\x00]*$", description="The provider's.")]


class Providers(BaseModel):
    """All providers that workers started with."""

    providers: tuple[ProviderStanding, ...]


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where the providers' health is kept.
        keys: Who may see and change it.
    """
    routes = APIRouter(prefix="/api/v1/providers", tags=["providers"])

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def read() -> Providers:
        """Tells which providers there are, which are out and until when, and which are held, by whom."""
        return await _all(pool)

    @routes.post("/{name}/hold")
    async def hold(name: Name, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]) -> Providers:
        """Gives a provider no more messages until it is released. The key's name stands as who said so."""
        async with recorded(pool, Act(Actor(key.name, Door.API), "providers.hold", name)) as connection:
            await hold_provider(connection, name, by=key.name, at=datetime.now(UTC))
        return await _all(pool)

    @routes.post("/{name}/release")
    async def release(name: Name, key: Annotated[Key, Depends(bearer(keys, Scope.OPERATE))]) -> Providers:
        """Lets a provider in again at once, whether it was held or out after failures."""
        async with recorded(pool, Act(Actor(key.name, Door.API), "providers.release", name)) as connection:
            await release_provider(connection, name)
        return await _all(pool)

    return routes


async def _all(pool: Pool) -> Providers:
    return Providers(providers=await list_providers(pool, datetime.now(UTC)))
