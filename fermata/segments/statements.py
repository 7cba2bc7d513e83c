"""The statements that ask about a segment. Their text is built of words of our own; every value is bound."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from fermata.segments.facts import fact_sql
from fermata.segments.invalid import InvalidSegment
from fermata.segments.scope import Scope, aware
from fermata.segments.segment import Segment
from fermata.segments.sql import condition_sql

MOST_AT_ONCE = 10_000
_BEFORE_ALL = UUID(int=0)
_ASKED = "FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS asked (profile_id, at, place)"


class Asked(NamedTuple):
    """One profile at one instant.

    Args:
        profile_id: Whose.
        at: Aware.
    """

    profile_id: UUID
    at: datetime


class Statement(NamedTuple):
    """What is sent to Postgres.

    Args:
        sql: Its text.
        arguments: The values of its parameters.
    """

    sql: str
    arguments: list[object]


def for_one(segment: Segment, profile_id: UUID, at: datetime) -> Statement:
    """One row with the answer, or none where there is no such profile."""
    scope = Scope(at, one_by_one=True)
    condition = condition_sql(segment, scope)
    profile = scope.bind(profile_id, "uuid")
    return Statement(f"SELECT {condition} FROM profiles p WHERE p.id = {profile}", scope.arguments)  # noqa: S608


def for_each(segment: Segment, asked: Sequence[Asked]) -> Statement:
    """One row for each profile and instant, in their order; NULL where there is no such profile."""
    scope = _asking(asked)
    condition = condition_sql(segment, scope)
    return Statement(
        f"SELECT CASE WHEN p.id IS NOT NULL THEN {condition} END"
        f" {_ASKED} LEFT JOIN profiles p ON p.id = asked.profile_id ORDER BY asked.place",
        scope.arguments,
    )


def for_a_page(segment: Segment, at: datetime, after: UUID | None, limit: int) -> Statement:
    """The ids of those in it, in their order, after one of them."""
    if not 1 <= limit <= MOST_AT_ONCE:
        raise InvalidSegment(f"limit={limit} is out of range; a page has 1 to {MOST_AT_ONCE} profiles")
    scope = Scope(at)
    condition = condition_sql(segment, scope)
    beyond, most = scope.bind(after or _BEFORE_ALL, "uuid"), scope.bind(limit, "int")
    return Statement(
        f"SELECT p.id FROM profiles p WHERE {condition} AND p.erased_at IS NULL AND p.id > {beyond}"  # noqa: S608
        f" ORDER BY p.id LIMIT {most}",
        scope.arguments,
    )


def for_the_number(segment: Segment, at: datetime) -> Statement:
    """One row with the number of those in it."""
    scope = Scope(at)
    condition = condition_sql(segment, scope)
    return Statement(
        f"SELECT count(*) FROM profiles p WHERE {condition} AND p.erased_at IS NULL",  # noqa: S608
        scope.arguments,
    )


def for_the_reasons(segment: Segment, profile_id: UUID, at: datetime) -> Statement:
    """One row, with the verdict and the fact of each leaf: ``holds_0``, ``fact_0``, ``holds_1``…"""
    scope = Scope(at, one_by_one=True)
    columns = _reasons(segment, scope)
    profile = scope.bind(profile_id, "uuid")
    return Statement(f"SELECT {columns} FROM profiles p WHERE p.id = {profile}", scope.arguments)  # noqa: S608


def for_the_reasons_of_each(segment: Segment, asked: Sequence[Asked]) -> Statement:
    """The same, one row for each profile and instant, in their order; those that are not there are left out."""
    scope = _asking(asked)
    columns = _reasons(segment, scope)
    return Statement(
        f"SELECT {columns} {_ASKED} JOIN profiles p ON p.id = asked.profile_id ORDER BY asked.place",
        scope.arguments,
    )


def _reasons(segment: Segment, scope: Scope) -> str:
    columns = []
    for place, leaf in enumerate(segment.leaves()):
        columns.append(f"{condition_sql(leaf, scope)} AS holds_{place}")
        columns.append(f"({fact_sql(leaf, scope)})::text AS fact_{place}")
    return ", ".join(columns)


def _asking(asked: Sequence[Asked]) -> Scope:
    ids, instants = [each.profile_id for each in asked], [aware(each.at) for each in asked]
    return Scope("asked.at", [ids, instants], one_by_one=True)
