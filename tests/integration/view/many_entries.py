"""Timelines written straight into the tables, with many entries at the same instants."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from fermata.database import Pool, new_id
from fermata.view import TimelinePage, read_timeline
from fermata.view.entries import EntryKind
from tests.people import NOON, Enrolled, store_event

Place = tuple[EntryKind, UUID]

_DECISION = (
    "INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority,"
    " action, reason, channel, decided_at, policy)"
    " VALUES ($1::uuid, $1::uuid::text, $2, $3, 'cart', 'hello', 'hello', 1, 'marketing', 50,"
    " 'send', 'eligible', 'email', $4, 'v')"
)
_SLOT = (
    "INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at,"
    " updated_at) VALUES ($1, $2, 'email', 'marketing', 50, 'reserved', $3, $3, $3)"
)
_CARD = (
    "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at)"
    " VALUES ($1, $2, 'inbox', 'hello', 'Hello', 'Hello', $3)"
)
_RUN = (
    "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at, ended_at)"
    " VALUES ($1::uuid, $2, $3, $1::uuid::text, $4, 'completed', $5, $6)"
)
_CONSENT = (
    "INSERT INTO consent_log (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as)"
    " VALUES ($1, $2, 'email', 'marketing', 'granted', 'form', $3, $3, 'user_id:a')"
)
_MERGE = (
    "INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)"
    " VALUES ($1, $2, $3, 'm', 'user_id:a', 'anonymous_id:b')"
)


def instants(random: Random, count: int, *, since: datetime = NOON) -> Iterator[datetime]:
    """Instants within a quarter of an hour, so few different ones that most are the same as another."""
    for _ in range(count):
        yield since + timedelta(minutes=random.randrange(15))


async def add_entries(pool: Pool, person: Enrolled, random: Random, count: int, *, since: datetime = NOON) -> None:
    """Writes that many happenings of random kinds, each of one or two entries."""
    for at in instants(random, count, since=since):
        identifier = new_id()
        match random.choice(("event", "event", "send", "card", "run", "merge", "consent")):
            case "event":
                await store_event(pool, person.profile_id, random.choice(("Viewed", "Added", "Ordered")), at)
            case "send":
                await pool.execute(_DECISION, identifier, person.profile_id, person.run_id, at)
                await pool.execute(_SLOT, identifier, person.profile_id, at)
            case "card":
                await pool.execute(_CARD, identifier, person.profile_id, at)
            case "run":
                ended = at + timedelta(minutes=random.randrange(3))
                journey = random.choice(("cart", "browse"))
                await pool.execute(_RUN, identifier, journey, person.profile_id, person.trigger.id, at, ended)
            case "consent":
                await pool.execute(_CONSENT, identifier, person.profile_id, at)
            case "merge":
                await pool.execute(_MERGE, identifier, person.profile_id, at)


async def whole_timeline(pool: Pool, profile_id: UUID, *kinds: EntryKind) -> list[Place]:
    """All entries of a person, in one page."""
    page = await read_timeline(pool, profile_id, kinds=kinds, limit=100_000)
    assert page.next_cursor is None
    return places(page)


def places(page: TimelinePage) -> list[Place]:
    """What tells the entries of a page from all others."""
    return [(entry.kind, entry.id) for entry in page.items]
