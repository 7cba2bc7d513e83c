"""What operators see of the providers, and what they can say of them: hold one back, or let it in again."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.channels", "health.sql")

ProviderState = Literal["well", "out", "being_tried", "held"]


class ProviderStanding(BaseModel):
    """One provider of one channel.

    Args:
        name: What operators call it.
        channel: Whose messages it carries.
        kind: As it was declared; None for what the settings alone name.
        weight, tier: Its place among those of its channel.
        rate: Messages a second; None for no limit.
        state: ``well``; ``out``, for a while after steady failures; ``being_tried``, by one message; or ``held``, by an
            operator.
        out_since, out_until: While it is out: since when, and when one message tries it.
        outages: How often in a row it was found out.
        detail: What it said when it was taken out.
        held_at, held_by: While it is held: since when, and who said so.
        seen_at: When a worker last started with it: one that is no longer declared shows by that.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    channel: Channel
    kind: str | None
    weight: int
    tier: int
    rate: float | None
    state: ProviderState
    out_since: datetime | None
    out_until: datetime | None
    outages: int
    detail: str | None
    held_at: datetime | None
    held_by: str | None
    seen_at: datetime


async def list_providers(pool: Pool, at: datetime) -> tuple[ProviderStanding, ...]:
    """All providers that a worker ever started with, by channel and tier.

    Args:
        pool: Connections to the database.
        at: The instant, aware.
    """
    return tuple(_standing(dict(row), at) for row in await pool.fetch(_QUERIES["list_providers"]))


async def hold_provider(pool: Pool | Connection, name: str, *, by: str, at: datetime) -> None:
    """Gives a provider no more messages, until it is released. Said again, the first word stands.

    Every worker heeds it within two seconds. What it may have already waits for it.

    Args:
        pool: Connections to the database, or one.
        name: The provider's.
        by: Who says so.
        at: The instant, aware.

    Raises:
        NotFound: No provider has the name.
    """
    if not await pool.fetch(_QUERIES["hold"], name, at, by):
        raise _unknown(name)


async def release_provider(pool: Pool | Connection, name: str) -> None:
    """Lets a provider in again, whether it was held or out.

    Args:
        pool: Connections to the database, or one.
        name: The provider's.

    Raises:
        NotFound: No provider has the name.
    """
    if not await pool.fetch(_QUERIES["release"], name):
        raise _unknown(name)


def _unknown(name: str) -> NotFound:
    return NotFound(f"no worker has started with a provider named {name!r}; `fermata providers list` names them")


def _standing(row: dict[str, Any], at: datetime) -> ProviderStanding:
    tried_until = row.pop("tried_until")
    if row["held_at"] is not None:
        state: ProviderState = "held"
    elif not row["outages"]:
        state = "well"
    else:
        state = "being_tried" if tried_until is not None and tried_until > at else "out"
    return ProviderStanding(**row, state=state)
