"""Who is to be in an audience: a wish on record, changed in the transaction of whatever changes it.

Nothing here speaks to a platform. ``fermata.audiences.telling`` hands out what a platform has to hear of.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from fermata.audiences.declared import Audience
from fermata.audiences.identifiers import Hashing, match_keys
from fermata.database import Connection, Pool, Queries, new_id
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.audiences", "membership.sql")
_MOST_MERGES = 5
"""In a row, of a profile that is waited for."""


class Doing(NamedTuple):
    """What somebody did.

    Args:
        profile_id: Who.
        name: The event.
        occurred_at: When, aware.
    """

    profile_id: UUID
    name: str
    occurred_at: datetime


async def join(pool: Pool, decision_id: UUID, audience: Audience, hashing: Hashing, at: datetime) -> Reason | None:
    """Wants a person in an audience, as was decided. Said again, it changes nothing.

    Args:
        pool: Connections to the database.
        decision_id: The decision to send; it says who, and for which run.
        audience: Where.
        hashing: The platform's own.
        at: The instant, aware.

    Returns:
        None where they are wanted there now. Else why not, of what came about since it was decided: the run is over,
        they said no to ads or did what ends a membership, or there is nothing to know them by.
    """
    async with pool.acquire() as connection, connection.transaction():
        profile_id = await _lock(connection, decision_id)
        if profile_id is None:
            return Reason.PROFILE_ERASED
        standing = await connection.fetchrow(_QUERIES["standing"], decision_id, profile_id, list(audience.leave_on))
        reason = _stopped(standing)
        if reason is None and not await _is_known(connection, profile_id, hashing):
            reason = Reason.MISSING_ADDRESS
        if reason is None:
            place = (audience.platform, audience.name)
            run_id, leave_on = standing["run_id"], list(audience.leave_on)
            await connection.execute(_QUERIES["join"], new_id(), profile_id, *place, at, run_id, leave_on)
    return reason


async def leave_run(connection: Connection, run_id: UUID, reason: str, at: datetime) -> None:
    """Ends the memberships that a run was the last to ask for.

    Args:
        connection: Inside the transaction that closes the run.
        run_id: The enrolment.
        reason: What ended it.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["leave_run"], run_id, reason, at)


async def leave_on_events(connection: Connection, doings: Sequence[Doing], at: datetime) -> None:
    """Ends the memberships that end with what people did: where it happened after their run's trigger.

    Args:
        connection: Inside the transaction that stores the events and holds the people's rows.
        doings: At least one.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["leave_on_events"], *map(list, zip(*doings, strict=True)), at)


async def look_again(connection: Connection, profile_ids: Collection[UUID], at: datetime) -> None:
    """Ends the memberships of whoever says no to ads, and has platforms told of addresses that are others now.

    Args:
        connection: Inside the transaction that has changed consent or addresses, or suppressed an address.
        profile_ids: Whose.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["look_again"], list(profile_ids), at)


async def cut(connection: Connection, profile_id: UUID, until: datetime, at: datetime) -> None:
    """The frequency cut: whoever has had as many ads as they may is in no audience until that clears.

    Args:
        connection: Inside the transaction of the decision.
        profile_id: Who; their row is held.
        until: When the cap clears, aware: they are wanted again from then on.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["cut"], profile_id, until, at)


async def forget(connection: Connection, profile_id: UUID, at: datetime) -> None:
    """Takes a person who is erased out of every audience. What is left of it has no name, and goes once it is told.

    Args:
        connection: Inside the transaction of the erasure, before the profile is removed.
        profile_id: Who.
        at: The instant, aware.
    """
    await connection.execute(_QUERIES["forget"], profile_id, at)


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Two people who are one are in an audience once: the later word holds, of two at one instant the withdrawal.

    Args:
        connection: Inside a transaction that holds both profiles' rows.
        survivor: Whose the memberships become.
        loser: Whose they were.
    """
    for query in ("leave_with_the_other", "join_rows", "move_rows"):
        await connection.execute(_QUERIES[query], survivor, loser)


async def _lock(connection: Connection, decision_id: UUID) -> UUID | None:
    for _ in range(_MOST_MERGES):
        profile_id: UUID | None = await connection.fetchval(_QUERIES["lock_person"], decision_id)
        if profile_id is not None:
            return profile_id
    return None


async def _is_known(connection: Connection, profile_id: UUID, hashing: Hashing) -> bool:
    row = await connection.fetchrow(_QUERIES["reachable"], profile_id)
    return bool(match_keys(row["addresses"], row["country"], row["suppressed"], hashing))


def _stopped(standing: Any) -> Reason | None:  # noqa: ANN401 - a row
    if standing["ended"]:
        return Reason.EXITED
    if standing["refused"]:
        return Reason.CONSENT_REVOKED
    return Reason.ELIGIBILITY_FAILED if standing["left_since"] else None
