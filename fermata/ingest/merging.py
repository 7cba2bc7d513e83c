"""Two profiles become one, in the transaction of the event that says so: nothing is lost, and no limit starts anew."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fermata import broadcasts, channels, enrolment, ledger, privacy, profiles
from fermata.analytics import next_best_action
from fermata.audiences import membership
from fermata.database import Connection, Queries
from fermata.enrolment import ActiveRun, active_runs, runs_that_meet
from fermata.events import IncomingEvent
from fermata.ingest.outgoing import NewDispatch, dispatch
from fermata.journeys import JourneyEvent, ProfileMerged, Registry, key_value, project, run_key
from fermata.ledger import close_run
from fermata.profiles import Merge, Profile, join_names, merged, remove_merged
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.ingest", "merging.sql")


async def _move_events(connection: Connection, survivor: UUID, loser: UUID) -> None:
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)


_ROOMS: Sequence[Callable[[Connection, UUID, UUID], Awaitable[None]]] = (
    ledger.follow_merge,
    enrolment.follow_merge,
    broadcasts.follow_merge,
    next_best_action.follow_merge,
    channels.follow_merge,
    membership.follow_merge,
    privacy.follow_merge,
    profiles.follow_merge,
    _move_events,
)
"""Whoever keeps something of a profile moves it to the survivor. What is forgotten here makes the merge fail."""


async def merge_all(
    connection: Connection,
    registry: Registry,
    merges: Sequence[Merge],
    events: Sequence[IncomingEvent],
    known: Mapping[UUID, Profile],
    now: datetime,
) -> dict[UUID, Profile]:
    """Merges profiles, one pair after the other.

    Caps and exposures add up, consent takes the stricter, and whatever either was told or held out of stays so. The
    loser's runs go on for the survivor; where the survivor is in that journey already, they end with
    ``profile_merged``. A goal that either has reached ends the runs of both.

    Args:
        connection: Inside a transaction that holds all their rows.
        registry: The journeys of this deployment.
        merges: In order.
        events: Those whose places the merges name.
        known: The profiles as they are stored.
        now: The instant.

    Returns:
        The profiles that remain, with the facts of both.
    """
    remaining = dict(known)
    for merge in merges:
        survivor, loser = remaining[merge.survivor], remaining.pop(merge.loser)
        remaining[merge.survivor] = merged(survivor, loser)
        await _merge(connection, registry, merge, events[merge.place].message_id, now)
    return remaining


async def _merge(connection: Connection, registry: Registry, merge: Merge, message_id: str, now: datetime) -> None:
    survivor, loser = merge.survivor, merge.loser
    ending = set(await runs_that_meet(connection, survivor, loser))
    runs = await active_runs(connection, survivor, loser)
    for run_id in ending:
        await close_run(connection, run_id, "exited", Reason.PROFILE_MERGED, now)
    told = [_told(run, survivor, ends=run.id in ending) for run in runs if run.profile_id == loser]
    for run in runs:
        if run.id not in ending:
            other = loser if run.profile_id == survivor else survivor
            told += await _ended_by(connection, registry, run, other, survivor)
    await join_names(connection, merge, message_id, now)
    for follow_merge in _ROOMS:
        await follow_merge(connection, survivor, loser)
    await remove_merged(connection, loser)
    if told:
        await dispatch(connection, told, now)


def _told(run: ActiveRun, survivor: UUID, *, ends: bool) -> NewDispatch:
    return NewDispatch(survivor, run.id, None, "merged", ProfileMerged(profile_id=survivor, ends=ends))


async def _ended_by(
    connection: Connection, registry: Registry, run: ActiveRun, other: UUID, survivor: UUID
) -> list[NewDispatch]:
    """The first goal or exit of a run that the other profile has reached since the run's trigger."""
    if run.journey not in registry:
        return []
    definition = registry[run.journey]
    rows = await connection.fetch(_QUERIES["ends_of_other"], other, definition.ends, run.triggered_at)
    for row in rows:
        value = key_value(row["properties"], definition.key)
        if value is None or run_key(value) == run.key:
            event = JourneyEvent(**{**row, "properties": project(row["properties"])})
            return [NewDispatch(survivor, run.id, event.id, "signal", event)]
    return []
