"""Reads what happened in a demo from Postgres: runs, decisions, messages, what is held, and one person's story."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cli.demo.cap_check import check_caps
from cli.demo.observation import EventCounts, Held, Moment, Observation, RunCounts, Story
from fermata.database import Connection, Pool, Queries
from fermata.vocabulary import Action, Channel, Reason

_QUERIES = Queries("cli.demo")


async def observe(
    pool: Pool, *, since: datetime, events: EventCounts, smtp_received: int, show_names: bool
) -> Observation:
    """Reads everything that the report tells.

    Args:
        pool: Connections to the database.
        since: When the demo began, aware; what was there before is left out, but for the check of the caps.
        events: What the door answered.
        smtp_received: Messages that the SMTP server holds.
        show_names: Whether the story may give the person's name: yes for people that are made up.
    """
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        # One moment for all that is read: a hold that ends meanwhile must not show in one figure and not in another.
        return await _read(connection, since, events, smtp_received, show_names)


async def _read(
    connection: Connection, since: datetime, events: EventCounts, smtp_received: int, show_names: bool
) -> Observation:
    profiles = await connection.fetchrow(_QUERIES["profiles"], since)
    messages = dict.fromkeys(Channel, 0)
    messages.update(
        {Channel(row["channel"]): row["messages"] for row in await connection.fetch(_QUERIES["messages"], since)}
    )
    decisions: dict[Action, dict[Reason, int]] = {action: {} for action in Action}
    for row in await connection.fetch(_QUERIES["decisions"], since):
        decisions[Action(row["action"])][Reason(row["reason"])] = row["decisions"]
    return Observation(
        at=datetime.now(UTC),
        events=events,
        runs=_count_runs(await connection.fetch(_QUERIES["runs"], since)),
        decisions=decisions,
        messages=messages,
        taken_back=await connection.fetchval(_QUERIES["taken_back"], since),
        held=tuple(_held(row) for row in await connection.fetch(_QUERIES["held"], since)),
        profiles=profiles["profiles"],
        without_address=profiles["without_address"],
        without_time_zone=profiles["without_time_zone"],
        story=await _story(connection, since, show_names),
        caps=await check_caps(connection),
        emails_in_ledger=messages[Channel.EMAIL],
        smtp_received=smtp_received,
    )


def _count_runs(rows: Iterable[Any]) -> RunCounts:
    counts = dict.fromkeys(RunCounts.model_fields, 0)
    for row in rows:
        state = row["state"]
        if state == "holdout":
            counts["holdout"] += row["runs"]
            continue
        counts["started"] += row["runs"]
        counts["active" if row["active"] else state] += row["runs"]
    return RunCounts(**counts)


def _held(row: Any) -> Held:  # noqa: ANN401 - asyncpg's record
    return Held(
        profile_id=row["profile_id"],
        workflow_id=row["workflow_id"],
        message=row["message"],
        channel=row["channel"],
        reason=row["reason"],
        until=row["next_eligible_at"],
        time_zone=row["time_zone"],
    )


async def _story(connection: Connection, since: datetime, show_names: bool) -> Story | None:
    profile_id: UUID | None = await connection.fetchval(_QUERIES["most_telling_profile"], since)
    if profile_id is None:
        return None
    person = await connection.fetchrow(_QUERIES["person"], profile_id)
    name = person["traits"].get("name")
    rows = await connection.fetch(_QUERIES["moments"], profile_id, since)
    return Story(
        profile_id=profile_id,
        user_id=person["user_id"],
        name=name if show_names and isinstance(name, str) else None,
        time_zone=person["time_zone"],
        workflow_id=person["workflow_id"],
        moments=tuple(_in_a_row(_moment(row) for row in rows)),
    )


def _moment(row: Any) -> Moment:  # noqa: ANN401 - asyncpg's record
    return Moment(
        at=row["at"],
        kind=row["kind"],
        what=row["what"],
        detail=row["detail"],
        action=row["action"],
        channel=row["channel"],
        until=row["until"],
    )


def _in_a_row(moments: Iterable[Moment]) -> list[Moment]:
    """Draws events of one name that follow each other together; the last one tells what it was about."""
    told: list[Moment] = []
    for moment in moments:
        if told and moment.kind == told[-1].kind == "event" and moment.what == told[-1].what:
            told[-1] = moment.model_copy(update={"times": told[-1].times + 1})
        else:
            told.append(moment)
    return told
