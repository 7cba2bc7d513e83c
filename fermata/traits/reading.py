"""Reads what traits are computed from: some statements for any number of people, each of their own rows by index."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from fermata.database import Connection, Queries
from fermata.profiles import SESSION_GAP
from fermata.traits.engagement import ENGAGING, Reaction
from fermata.traits.facts import PersonFacts
from fermata.traits.happened import ORDER_EVENTS, Happened
from fermata.traits.purchases import Purchases, purchases
from fermata.traits.visits import NO_VISIT, RECENT, Visits
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.traits")


async def read_purchases(
    connection: Connection, profile_ids: Collection[UUID], at: datetime
) -> Mapping[UUID, Purchases]:
    """Returns what people bought and kept, by profile; who never ordered is left out.

    Args:
        connection: Any.
        profile_ids: Whose.
        at: The instant, aware: later events are not seen.
    """
    found = await _named(connection, profile_ids, ORDER_EVENTS, at, None)
    return {profile_id: purchases(events) for profile_id, events in found.items()}


async def read_visits(connection: Connection, profile_ids: Collection[UUID], at: datetime) -> Mapping[UUID, Visits]:
    """Returns people's visits, by profile.

    Args:
        connection: Any.
        profile_ids: Whose.
        at: The instant, aware: later events are not seen.
    """
    rows = await connection.fetch(_QUERIES["visits"], list(profile_ids), at, list(NO_VISIT), SESSION_GAP, at - RECENT)
    return {
        row["profile_id"]: Visits(
            number=row["number"],
            recent=row["recent"],
            first_seen_at=row["first_seen_at"],
            last_seen_at=row["last_seen_at"],
            mean_dwell=row["mean_dwell"],
            last_dwell=row["last_dwell"],
        )
        for row in rows
    }


async def read_reactions(
    connection: Connection, profile_ids: Collection[UUID], at: datetime
) -> Mapping[UUID, tuple[Reaction, ...]]:
    """Returns the latest of each kind of reaction to messages, by profile.

    Args:
        connection: Any.
        profile_ids: Whose.
        at: The instant, aware: later events are not seen.
    """
    events = await connection.fetch(_QUERIES["reactions"], list(profile_ids), list(ENGAGING), at, at - RECENT)
    reads = await connection.fetch(_QUERIES["inbox_read"], list(profile_ids), at, at - RECENT)
    found: defaultdict[UUID, list[Reaction]] = defaultdict(list)
    for row in events:
        reaction = Reaction(ENGAGING[row["name"]], row["name"], row["last_at"], row["recent"])
        found[row["profile_id"]].append(reaction)
    for row in reads:
        found[row["profile_id"]].append(Reaction(Channel(row["kind"]), "read", row["last_at"], row["recent"]))
    return {profile_id: tuple(reactions) for profile_id, reactions in found.items()}


async def read_people(
    connection: Connection,
    profile_ids: Collection[UUID],
    at: datetime,
    *,
    behaviour: Iterable[str] = (),
    since: datetime | None = None,
) -> list[PersonFacts]:
    """Returns what the traits of people are computed from, in their order; who is not there is left out.

    Args:
        connection: Any.
        profile_ids: Whose.
        at: The instant, aware: what is later is not seen. Stated traits are taken as they are now.
        behaviour: The names of the events that are wanted themselves.
        since: How far back those are wanted.
    """
    ids = list(profile_ids)
    stated = {row["id"]: row["traits"] for row in await connection.fetch(_QUERIES["people"], ids)}
    bought = await read_purchases(connection, ids, at)
    visits = await read_visits(connection, ids, at)
    reactions = await read_reactions(connection, ids, at)
    sent: defaultdict[UUID, list[tuple[Channel, datetime]]] = defaultdict(list)
    for row in await connection.fetch(_QUERIES["sent"], ids, at):
        sent[row["profile_id"]].append((Channel(row["channel"]), row["last_at"]))
    names = list(behaviour)
    happened = await _named(connection, ids, names, at, since) if names else {}
    return [
        PersonFacts(
            profile_id=profile_id,
            traits=stated[profile_id],
            purchases=bought.get(profile_id, Purchases()),
            visits=visits.get(profile_id, Visits()),
            reactions=reactions.get(profile_id, ()),
            sent=tuple(sent[profile_id]),
            behaviour=tuple(happened.get(profile_id, ())),
        )
        for profile_id in ids
        if profile_id in stated
    ]


async def _named(
    connection: Connection, profile_ids: Collection[UUID], names: Iterable[str], at: datetime, since: datetime | None
) -> Mapping[UUID, list[Happened]]:
    rows = await connection.fetch(_QUERIES["named"], list(profile_ids), list(names), at, since)
    found: defaultdict[UUID, list[Happened]] = defaultdict(list)
    for row in rows:
        found[row["profile_id"]].append(_happened(row))
    return found


def _happened(row: asyncpg.Record) -> Happened:
    return Happened(row["id"], row["name"], row["occurred_at"], row["properties"])
