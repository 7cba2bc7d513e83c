"""The consent log in Postgres: added to, read, and folded into what holds now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool, Queries
from fermata.database.page_cursor import NEWEST, PageCursor, read_cursor
from fermata.profiles.consent import Standing, Statement, standing
from fermata.profiles.consent_entry import ConsentEntry
from fermata.profiles.consent_joins import HeldName, joins
from fermata.profiles.identity import Anchor, Identity, IdentityKind
from fermata.vocabulary import Channel, Consent, ConsentPurpose

_QUERIES = Queries("fermata.profiles", "consent.sql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Settled(NamedTuple):
    """What a log comes to.

    Args:
        consent: The state, as ``profiles.consent`` holds it.
        newest: The latest instant that bears on it, a statement's or a join's, in microseconds since 1970: whatever is
            said later simply replaces.
    """

    consent: Mapping[str, Mapping[str, str]]
    newest: int


class RecordedStatement(BaseModel):
    """A statement on record; the fields are those of ``ConsentEntry``."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    channel: Channel
    purpose: ConsentPurpose
    status: Consent
    source: str
    region: str | None
    occurred_at: datetime
    recorded_at: datetime
    stated_as: str
    message_id: str | None
    evidence: dict[str, Any]


class ConsentHistory(BaseModel):
    """A page of statements, the newest first by when they were made.

    Args:
        items: Of this page.
        next_cursor: For the next page; null on the last.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[RecordedStatement, ...]
    next_cursor: str | None


async def append(connection: Connection, entries: Sequence[ConsentEntry], now: datetime) -> set[UUID]:
    """Adds statements of profiles whose rows are locked.

    Args:
        connection: Inside a transaction.
        entries: In any order.
        now: The instant.

    Returns:
        The ids of those that were not on record before.
    """
    said = [entry.statement for entry in entries]
    rows = await connection.fetch(
        _QUERIES["append"],
        [entry.id for entry in entries],
        [entry.profile_id for entry in entries],
        [statement.channel.value for statement in said],
        [statement.purpose.value for statement in said],
        [statement.status.value for statement in said],
        [entry.source for entry in entries],
        [entry.region for entry in entries],
        [statement.occurred_at for statement in said],
        [statement.stated_as for statement in said],
        [entry.message_id for entry in entries],
        [dict(entry.evidence) for entry in entries],
        now,
    )
    return {row["id"] for row in rows}


async def settle(connection: Connection, profiles: Collection[UUID], now: datetime) -> dict[UUID, Settled]:
    """Folds the whole logs of profiles whose rows are locked, and writes down what they come to.

    Args:
        connection: Inside a transaction.
        profiles: Those with a late statement, or with a name that has become theirs.
        now: The instant.

    Returns:
        By profile; one that was never said a word about is not among them.
    """
    statements: dict[UUID, list[Statement]] = {}
    for row in await connection.fetch(_QUERIES["statements"], list(profiles)):
        statements.setdefault(row["profile_id"], []).append(_statement(row))
    names: dict[UUID, list[HeldName]] = {profile: [] for profile in statements}
    for row in await connection.fetch(_QUERIES["names"], list(statements)):
        names[row["profile_id"]].append(_name(row))
    settled = {profile: _settled(said, names[profile]) for profile, said in statements.items()}
    if settled:
        await connection.execute(
            _QUERIES["settle"],
            list(settled),
            [each.consent for each in settled.values()],
            [each.newest for each in settled.values()],
            now,
        )
    silent = [profile for profile in profiles if profile not in settled]
    if silent:
        rows = await connection.fetch(_QUERIES["unsay"], silent, now)
        settled |= {row["id"]: Settled({}, 0) for row in rows}
    return settled


async def history(pool: Pool, profile_id: UUID, *, limit: int = 20, cursor: str | None = None) -> ConsentHistory:
    """Lists what a person said, the newest first.

    Args:
        pool: Any.
        profile_id: Whose.
        limit: How many a page.
        cursor: ``next_cursor`` of the page before.

    Raises:
        InvalidEvent: The cursor cannot be used.
    """
    after = read_cursor(cursor) if cursor is not None else NEWEST
    rows = await pool.fetch(_QUERIES["history"], profile_id, *after, limit + 1)
    items = tuple(RecordedStatement(**row) for row in rows[:limit])
    more = len(rows) > limit
    return ConsentHistory(
        items=items, next_cursor=PageCursor(items[-1].occurred_at, items[-1].id).to_text() if more else None
    )


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves the loser's statements to the survivor; the door then settles what they come to together."""
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)


async def follow_names(connection: Connection, moved: Collection[tuple[Identity, UUID, UUID]]) -> None:
    """Moves what was said under names that are somebody else's after all.

    Args:
        connection: Inside a transaction that holds the rows of all of them.
        moved: Each name, whose it was, and whose it is.
    """
    names, former, owners = zip(*moved, strict=True)
    await connection.execute(_QUERIES["follow_name"], [str(name) for name in names], former, owners)


def microseconds(at: datetime) -> int:
    """An instant as ``profiles.facts_at`` holds it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _settled(said: Sequence[Statement], names: Sequence[HeldName]) -> Settled:
    joined = joins(names, {statement.stated_as for statement in said})
    newest = max(*joined.values(), *(statement.occurred_at for statement in said), _EPOCH)
    return Settled(_as_stored(standing(said, joined)), microseconds(newest))


def _as_stored(state: Standing) -> dict[str, dict[str, str]]:
    return {
        channel.value: {purpose.value: status.value for purpose, status in purposes.items()}
        for channel, purposes in state.items()
    }


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(
        Channel(row["channel"]),
        ConsentPurpose(row["purpose"]),
        Consent(row["status"]),
        row["occurred_at"],
        row["stated_as"],
    )


def _name(row: Mapping[str, Any]) -> HeldName:
    anchored = row["anchored_at"] is not None
    anchor = Anchor(IdentityKind(row["anchor_kind"]), row["anchored_at"]) if anchored else None
    return HeldName(Identity(IdentityKind(row["kind"]), row["value"]), anchor)
