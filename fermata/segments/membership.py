"""Asks Postgres who is in a segment, whether somebody is, and why. Reads only, on any connection, at any instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from fermata.errors import NotFound
from fermata.segments.explanation import Answers, Explanation, explanation
from fermata.segments.segment import Segment
from fermata.segments.statements import (
    Asked,
    for_a_page,
    for_each,
    for_one,
    for_the_number,
    for_the_reasons,
    for_the_reasons_of_each,
)


class Reader(Protocol):
    """What is needed of a connection; asyncpg's have it, and so do its pools. So this room imports no driver."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:  # noqa: ANN401
        """Returns the rows."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:  # noqa: ANN401
        """Returns the first column of the first row, or None."""
        ...


async def matches(connection: Reader, segment: Segment, profile_id: UUID, at: datetime) -> bool:
    """Says whether a profile is in the segment.

    Args:
        connection: Any; in a transaction, what that has written counts.
        segment: Who is meant.
        profile_id: Whose.
        at: The instant, aware: events and runs after it are not seen. What is on record of the person (traits,
            consent, addresses, place) is taken as it is now.

    Raises:
        NotFound: There is no such profile.
        InvalidSegment: The instant is naive.
    """
    statement = for_one(segment, profile_id, at)
    answer = await connection.fetchval(statement.sql, *statement.arguments)
    if answer is None:
        raise _missing(profile_id)
    return bool(answer)


async def matches_each(connection: Reader, segment: Segment, asked: Sequence[Asked]) -> tuple[bool, ...]:
    """Says the same of many profiles, each at an instant of its own, by one statement: for a batch of events.

    Args:
        connection: As for ``matches``.
        segment: Who is meant.
        asked: Profiles and instants; a profile may come more than once.

    Returns:
        The answers, in their order.

    Raises:
        NotFound: One of the profiles is not there.
        InvalidSegment: An instant is naive.
    """
    statement = for_each(segment, asked)
    answers = [row[0] for row in await connection.fetch(statement.sql, *statement.arguments)]
    for each, answer in zip(asked, answers, strict=True):
        if answer is None:
            raise _missing(each.profile_id)
    return tuple(answers)


async def members(
    connection: Reader, segment: Segment, at: datetime, *, after: UUID | None = None, limit: int = 1000
) -> tuple[UUID, ...]:
    """Returns one page of the profiles in the segment, in the order of their ids.

    Args:
        connection: As for ``matches``.
        segment: Who is meant.
        at: The instant, the same for all pages.
        after: The last id of the page before; None for the first.
        limit: The most ids in a page, 1 to 10,000. A page with fewer is the last.

    Raises:
        InvalidSegment: The instant is naive, or the limit is out of range.
    """
    statement = for_a_page(segment, at, after, limit)
    return tuple(row[0] for row in await connection.fetch(statement.sql, *statement.arguments))


async def count(connection: Reader, segment: Segment, at: datetime) -> int:
    """Returns how many profiles are in the segment.

    Raises:
        InvalidSegment: The instant is naive.
    """
    statement = for_the_number(segment, at)
    return int(await connection.fetchval(statement.sql, *statement.arguments))


async def explain(connection: Reader, segment: Segment, profile_id: UUID, at: datetime) -> Explanation:
    """Tells why a profile is in the segment or not; all of it is seen at one moment.

    Args:
        connection: As for ``matches``.
        segment: Who is meant.
        profile_id: Whose.
        at: The instant, aware.

    Raises:
        NotFound: There is no such profile.
        InvalidSegment: The instant is naive.
    """
    statement = for_the_reasons(segment, profile_id, at)
    rows = await connection.fetch(statement.sql, *statement.arguments)
    if not rows:
        raise _missing(profile_id)
    return explanation(segment, Answers(rows[0]))


async def explain_each(connection: Reader, segment: Segment, asked: Sequence[Asked]) -> tuple[Explanation, ...]:
    """Tells the same of many profiles, each at an instant of its own, by one statement.

    Args:
        connection: As for ``matches``.
        segment: Who is meant.
        asked: Profiles and instants.

    Returns:
        The explanations, in their order.

    Raises:
        NotFound: One of the profiles is not there.
        InvalidSegment: An instant is naive.
    """
    statement = for_the_reasons_of_each(segment, asked)
    rows = await connection.fetch(statement.sql, *statement.arguments)
    if len(rows) != len(asked):
        raise NotFound(f"{len(asked) - len(rows)} of {len(asked)} profiles are not there; were they merged, or erased?")
    return tuple(explanation(segment, Answers(row)) for row in rows)


def _missing(profile_id: UUID) -> NotFound:
    return NotFound(f"no profile {profile_id}; was it merged into another, or erased?")
