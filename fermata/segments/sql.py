"""A segment as one SQL condition over ``profiles p``: bound parameters only, true or false and never NULL.

What a person did is asked with EXISTS. For the population Postgres makes a join of it and reads ``events_by_name``
once; for one profile, and to count, that profile's events are looked up by ``events_by_profile``, behind a fence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatch

from fermata.segments.behaviour import Did, Occurrence
from fermata.segments.comparison import Comparison
from fermata.segments.condition import And, Condition, Not, Or
from fermata.segments.enrolment import InJourney, WasIn
from fermata.segments.json_sql import comparison_sql
from fermata.segments.person import Consents, HasAddress, InCountry, InTimeZone, Trait
from fermata.segments.scope import Scope
from fermata.segments.segment import Segment


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition to stand after WHERE in a statement over ``profiles p``.

    Args:
        condition: SQL.
        arguments: The values of ``$1``, ``$2``…; further parameters of the statement come after them.
    """

    condition: str
    arguments: tuple[object, ...]


def compile_segment(segment: Segment, at: datetime) -> Compiled:
    """Returns the segment as SQL.

    Args:
        segment: Who is meant.
        at: The instant that is asked about, aware.

    Raises:
        InvalidSegment: The instant is naive.
    """
    scope = Scope(at)
    condition = condition_sql(segment, scope)
    return Compiled(condition, tuple(scope.arguments))


@singledispatch
def condition_sql(segment: Condition, scope: Scope) -> str:
    """Returns the condition as SQL and binds its values.

    Args:
        segment: Who is meant.
        scope: The statement that it becomes part of.
    """
    raise TypeError(f"no SQL is known for {type(segment).__name__}")


@condition_sql.register
def _(segment: And, scope: Scope) -> str:
    return f"({' AND '.join(condition_sql(part, scope) for part in segment.parts)})"


@condition_sql.register
def _(segment: Or, scope: Scope) -> str:
    return f"({' OR '.join(condition_sql(part, scope) for part in segment.parts)})"


@condition_sql.register
def _(segment: Not, scope: Scope) -> str:
    return f"(NOT {condition_sql(segment.part, scope)})"


@condition_sql.register
def _(segment: Did, scope: Scope) -> str:
    once = f"EXISTS (SELECT 1 {events_sql(segment.event, segment.where, scope, since=segment.within)})"
    if segment.same is not None:
        return f"({once} AND {_often_alike(segment, segment.same, scope)})"
    if segment.times == 1:
        return once
    # Who did it so often did it once: by that the planner finds the few of a population to count for.
    return f"({once} AND {_often_enough(segment, scope)})"


@condition_sql.register
def _(segment: Occurrence, scope: Scope) -> str:
    then = events_sql(segment.event, segment.where, scope, since=segment.within, until=segment.before)
    found = f"EXISTS (SELECT 1 {then})"
    if segment.which == "last":
        if segment.before is None:
            return found
        nearer = events_sql(segment.event, segment.where, scope, since=segment.before)
    else:
        if segment.within is None:
            return found
        nearer = events_sql(segment.event, segment.where, scope, until=segment.within)
    return f"({found} AND NOT EXISTS (SELECT 1 {nearer}))"


@condition_sql.register
def _(segment: Trait, scope: Scope) -> str:
    return f"({comparison_sql(segment.comparison, 'p.traits', scope)})"


@condition_sql.register
def _(segment: Consents, scope: Scope) -> str:
    path = scope.bind([segment.channel.value, segment.purpose.value], "text[]")
    return f"coalesce(p.consent #>> {path} = 'granted', false)"


@condition_sql.register
def _(segment: HasAddress, scope: Scope) -> str:
    return f"coalesce(p.addresses ->> {scope.bind(segment.channel.value, 'text')} <> '', false)"


@condition_sql.register
def _(segment: InCountry, scope: Scope) -> str:
    countries = scope.bind(list(segment.countries), "text[]")
    return f"coalesce(coalesce(p.country, p.device_country) = ANY({countries}), false)"


@condition_sql.register
def _(segment: InTimeZone, scope: Scope) -> str:
    zones = scope.bind(list(segment.zones), "text[]")
    return f"coalesce(coalesce(p.time_zone, p.device_time_zone) = ANY({zones}), false)"


@condition_sql.register
def _(segment: InJourney, scope: Scope) -> str:
    active = f"r.started_at <= {scope.at} AND (r.ended_at IS NULL OR r.ended_at > {scope.at})"
    return f"EXISTS (SELECT 1 {runs_sql(segment.journey, scope)} AND {active})"


@condition_sql.register
def _(segment: WasIn, scope: Scope) -> str:
    since = f" AND r.started_at > {scope.ago(segment.within)}" if segment.within else ""
    return f"EXISTS (SELECT 1 {runs_sql(segment.journey, scope)} AND r.started_at <= {scope.at}{since})"


def _often_enough(segment: Did, scope: Scope) -> str:
    counted = events_sql(segment.event, segment.where, scope, since=segment.within, by_profile=True)
    times = scope.bind(segment.times, "int")
    return f"(SELECT count(*) FROM (SELECT 1 {counted} LIMIT {times}) counted) >= {times}"  # noqa: S608


def _often_alike(segment: Did, name: str, scope: Scope) -> str:
    counted = events_sql(segment.event, segment.where, scope, since=segment.within, by_profile=True)
    value = alike_sql(name, scope)
    times = scope.bind(segment.times, "int")
    return f"EXISTS (SELECT 1 {counted} AND {value} IS NOT NULL GROUP BY {value} HAVING count(*) >= {times})"


def alike_sql(name: str, scope: Scope) -> str:
    """SQL of what one event has in a property, as text; NULL where that is neither a text nor a number."""
    place = scope.bind(name, "text")
    kind = f"jsonb_typeof(e.properties -> {place})"
    return f"CASE WHEN {kind} IN ('string', 'number') THEN nullif(e.properties ->> {place}, '') END"


def events_sql(
    event: str,
    where: Iterable[Comparison],
    scope: Scope,
    *,
    since: timedelta | None = None,
    until: timedelta | None = None,
    by_profile: bool = False,
) -> str:
    """Returns FROM and WHERE: the events ``e`` of the profile in (at - since, at - until].

    Args:
        event: Their name.
        where: What their properties must be.
        scope: The statement.
        since, until: None for ever, and for the instant itself.
        by_profile: To be looked up profile by profile, whatever the scope.
    """
    source = f"FROM events e WHERE e.profile_id = p.id AND e.name = {scope.bind(event, 'text')}"
    if by_profile or scope.one_by_one:
        # The fence hides the times from the choice of the index. Of the hours since the last ANALYZE the planner
        # believes that nothing happened, and would read through everybody's to find the one profile's.
        source = f"FROM (SELECT e.occurred_at, e.properties {source} OFFSET 0) e WHERE true"
    clauses = [source, f"e.occurred_at <= {scope.ago(until)}"]
    if since is not None:
        clauses.append(f"e.occurred_at > {scope.ago(since)}")
    clauses.extend(comparison_sql(comparison, "e.properties", scope) for comparison in where)
    return " AND ".join(clauses)


def runs_sql(journey: str, scope: Scope) -> str:
    """Returns FROM and WHERE: the runs of the profile in the journey."""
    return f"FROM journey_runs r WHERE r.profile_id = p.id AND r.journey = {scope.bind(journey, 'text')}"
