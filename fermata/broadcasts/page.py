"""The members of a segment, page by page in the order of their ids, with what a broadcast needs to know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.broadcasts.whereabouts import Whereabouts
from fermata.database import Connection, Pool
from fermata.segments import Segment, compile_segment
from fermata.segments.customer import AMONG_ALL, Customer
from fermata.traits import fresh_borders

LONGEST_STATEMENT = 600.0  # seconds: a page of a segment that few are in reads through everybody
_BEFORE_ALL = UUID(int=0)
_PLACE = "p.time_zone, p.device_time_zone, p.country, p.device_country, p.subdivision, p.addresses ->> 'sms' AS phone"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the segment.

    Args:
        id: The profile.
        where: Where they are.
        addresses: By channel; empty where it was not asked for.
        consent: By channel and purpose; empty where it was not asked for.
    """

    id: UUID
    where: Whereabouts
    addresses: Mapping[str, str]
    consent: Mapping[str, Mapping[str, str]]


async def look_around(pool: Pool, segment: Segment, at: datetime) -> None:
    """Sees to it that a segment knows the place of each customer among all: it takes that by the last look, of any age.

    Args:
        pool: Where people are.
        segment: Who is meant; most ask for no such thing, and cost nothing here.
        at: The instant that is asked about.
    """
    if any(isinstance(leaf, Customer) and leaf.comparison.path[0] in AMONG_ALL for leaf in segment.leaves()):
        await fresh_borders(pool, at)


async def read_page(
    connection: Connection | Pool,
    segment: Segment,
    at: datetime,
    *,
    after: UUID | None,
    limit: int,
    reachable: bool = False,
) -> list[Member]:
    """Reads a page. One that is shorter than the limit is the last.

    Args:
        connection: Any, or the pool.
        segment: Who is meant.
        at: The instant that is asked about, the same for all pages.
        after: The last id of the page before; None for the first.
        limit: The most people in a page.
        reachable: Addresses and consent are wanted too.
    """
    compiled = compile_segment(segment, at)
    place = len(compiled.arguments)
    also = ", p.addresses, p.consent" if reachable else ""
    statement = (
        f"SELECT p.id, {_PLACE}{also} FROM profiles p "  # noqa: S608 - words of our own; every value is bound
        f"WHERE {compiled.condition} AND p.id > ${place + 1}::uuid ORDER BY p.id LIMIT ${place + 2}::int"
    )
    rows = await connection.fetch(
        statement, *compiled.arguments, after or _BEFORE_ALL, limit, timeout=LONGEST_STATEMENT
    )
    return [_member(row, reachable=reachable) for row in rows]


def _member(row: Mapping[str, Any], *, reachable: bool) -> Member:
    where = Whereabouts(
        row["time_zone"],
        row["device_time_zone"],
        row["country"],
        row["device_country"],
        row["subdivision"],
        row["phone"],
    )
    return Member(row["id"], where, row["addresses"] if reachable else {}, row["consent"] if reachable else {})
