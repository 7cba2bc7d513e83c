"""Addresses that must not be reached again: they bounced, their people complained, or said stop."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from fermata.database import Connection, Queries
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.feedback")


class Cause(StrEnum):
    """Why an address is suppressed, the lightest first. Reasons of other rooms and of people are left as they are."""

    STOP_REPLY = "stop_reply"
    """The person answered STOP; START lifts it."""
    PROVIDER_LIST = "provider_list"
    """The provider refuses the address because of a list of its own; for a phone number that is a STOP it heard."""
    SOFT_BOUNCES = "soft_bounces"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"


_LIFTED_BY_START = (Cause.STOP_REPLY.value, Cause.PROVIDER_LIST.value)


class Place(NamedTuple):
    """An address on its channel."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class SoftBounces:
    """How often a message may come back for the moment before the address is given up.

    Args:
        most: So many suppress it,
        within: where they lie no further apart than this, the first from the last.
    """

    most: int = 5
    within: timedelta = timedelta(days=14)


async def suppress(connection: Connection, causes: Sequence[tuple[Place, Cause]], now: datetime) -> Collection[Place]:
    """Suppresses addresses. Of two causes the graver stands, whichever came first.

    Args:
        connection: Inside a transaction.
        causes: At least one.
        now: The instant.

    Returns:
        Those for which anything changed.
    """
    gravest = dict(sorted(causes, key=lambda each: list(Cause).index(each[1])))  # the last of each place stays
    rows = await connection.fetch(
        _QUERIES["suppress"],
        [place.channel.value for place in gravest],
        [place.address for place in gravest],
        [cause.value for cause in gravest.values()],
        now,
        [cause.value for cause in Cause],
    )
    return {Place(Channel(row["channel"]), row["address"]) for row in rows}


async def given_up(connection: Connection, places: Collection[Place], limit: SoftBounces) -> Collection[Place]:
    """Of these addresses, those that came back softly too often, in whatever order that was told.

    Args:
        connection: Inside the transaction that keeps the latest bounces.
        places: That have just come back.
        limit: How often is too often.
    """
    rows = await connection.fetch(
        _QUERIES["bounced_softly"],
        [place.channel.value for place in places],
        [place.address for place in places],
        limit.most - 1,
        limit.within,
    )
    return {Place(Channel(row["channel"]), row["address"]) for row in rows}


async def lift_stop(connection: Connection, number: str) -> None:
    """Takes back what a STOP did to a number; what bounced or complained stays suppressed.

    Args:
        connection: Inside a transaction.
        number: In E.164.
    """
    await connection.execute(_QUERIES["lift"], Channel.SMS.value, number, _LIFTED_BY_START)


async def is_stopped(connection: Connection, number: str) -> bool:
    """Whether a START would be heard: somebody answered STOP from a number, and nothing graver is known of it.

    Args:
        connection: Any.
        number: In E.164.
    """
    stopped: bool = await connection.fetchval(_QUERIES["is_stopped"], number, _LIFTED_BY_START)
    return stopped
