"""What operators watch of the ledger: how many messages wait and why, and that no cap was overrun."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from fermata.database import Connection, Queries
from fermata.errors import NotFound, PolicyError
from fermata.ledger.policy_shelf import Policies, Shelved
from fermata.policy.cap import Cap
from fermata.vocabulary import MESSAGE_CHANNELS

_QUERIES = Queries("fermata.ledger", "watched.sql")
_log = structlog.get_logger("fermata.watch")


async def held_by_reason(connection: Connection) -> Mapping[str, int]:
    """How many messages are held, by reason.

    Args:
        connection: Any.
    """
    return {row["reason"]: row["messages"] for row in await connection.fetch(_QUERIES["held"])}


async def overshoot(connection: Connection, policies: Policies, since: datetime) -> int:
    """How many sends went beyond a rolling cap or one per visit, by a count of its own; it must be 0.

    Caps of calendar days are not counted: whose midnight it was, the decision knew, and a query does not.

    Args:
        connection: Any.
        policies: What this process knows of the policies.
        since: Sends decided at or after this instant are counted, aware.
    """
    caps: list[dict[str, Any]] = []
    for row in await connection.fetch(_QUERIES["policies"], since):
        try:
            shelved = await policies.take(connection, row["policy"])
        except (NotFound, PolicyError) as error:
            _log.warning("sends under a policy that cannot be read are not held against it", error=str(error))
        else:
            caps += _caps_of(shelved)
    if not caps:
        return 0
    counted: int = await connection.fetchval(_QUERIES["overshoot"], caps, since)
    return counted


def _caps_of(shelved: Shelved) -> Iterator[dict[str, Any]]:
    policy = shelved.policy
    for channel in MESSAGE_CHANNELS:
        for cap in policy.channels.table(channel).caps:
            if cap.kind == "rolling":
                yield _row(shelved.version, [channel.value], cap)
    across = policy.cross_channel
    if across is not None:
        for cap in across.caps:
            if cap.kind == "rolling":
                yield _row(shelved.version, [each.value for each in across.channels], cap)


def _row(version: str, channels: list[str], cap: Cap) -> dict[str, Any]:
    per = f"{cap.per.total_seconds():.0f} seconds" if isinstance(cap.per, timedelta) else None
    return {
        "policy": version,
        "channels": channels,
        "most": cap.limit,
        "per": per,
        "by_topic": cap.by == "topic",
    }
