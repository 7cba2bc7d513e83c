"""What is seen of one profile when a condition is asked, so that the answer can be explained: SQL for it, and words.

Addresses are not shown: that there is one is all that matters here.
"""

import json
from functools import singledispatch
from typing import Any

from fermata.segments.behaviour import Did, Occurrence
from fermata.segments.condition import Condition
from fermata.segments.enrolment import InJourney, WasIn
from fermata.segments.person import Consents, HasAddress, InCountry, InTimeZone, Trait
from fermata.segments.scope import Scope
from fermata.segments.sql import alike_sql, events_sql, runs_sql

_LONGEST = 80


def _instant(sql: str) -> str:
    return f"to_char(({sql}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')"


@singledispatch
def fact_sql(leaf: Condition, scope: Scope) -> str:
    """Returns SQL of a jsonb value: what is on record of the profile ``p`` that bears on the condition."""
    raise TypeError(f"no fact is known for {type(leaf).__name__}")


@singledispatch
def fact_words(leaf: Condition, fact: Any) -> str:  # noqa: ANN401 - what JSON can hold
    """Returns the fact as people say it: "2 of 3 within 7 days, the last on 2026-03-02 18:04:00 UTC"."""
    raise TypeError(f"no words are known for {type(leaf).__name__}")


@fact_sql.register
def _(leaf: Did, scope: Scope) -> str:
    events = events_sql(leaf.event, leaf.where, scope)
    counted = f"count(*) FILTER (WHERE e.occurred_at > {scope.ago(leaf.within)})" if leaf.within else "count(*)"
    if leaf.same is not None:
        value = alike_sql(leaf.same, scope)
        alike = (
            f"SELECT {counted} AS number, max(e.occurred_at) AS latest {events}"
            f" AND {value} IS NOT NULL GROUP BY {value}"
        )
        found = f"'count', coalesce(max(number), 0), 'last', {_instant('max(latest)')}"
        return f"(SELECT jsonb_build_object({found}) FROM ({alike}) alike)"  # noqa: S608 - values are bound
    return f"(SELECT jsonb_build_object('count', {counted}, 'last', {_instant('max(e.occurred_at)')}) {events})"


@fact_words.register
def _(leaf: Did, fact: Any) -> str:  # noqa: ANN401
    number = fact["count"] or "none"
    said = f"{number} of {leaf.times}{leaf.period}" if leaf.times > 1 else f"{number}{leaf.period}"
    return f"{said}, the last on {fact['last']}" if fact["last"] else said


@fact_sql.register
def _(leaf: Occurrence, scope: Scope) -> str:
    chosen = "min(e.occurred_at)" if leaf.which == "first" else "max(e.occurred_at)"
    return f"(SELECT to_jsonb({_instant(chosen)}) {events_sql(leaf.event, leaf.where, scope)})"


@fact_words.register
def _(leaf: Occurrence, fact: Any) -> str:  # noqa: ANN401
    return f"the {leaf.which} on {fact}" if fact else "none"


@fact_sql.register
def _(leaf: Trait, scope: Scope) -> str:
    return f"p.traits #> {scope.bind(list(leaf.comparison.path), 'text[]')}"


@fact_words.register
def _(leaf: Trait, fact: Any) -> str:  # noqa: ANN401
    if fact is None:
        return f"{leaf.comparison.name} is not set"
    value = json.dumps(fact, ensure_ascii=False)
    return f"{leaf.comparison.name} is {value if len(value) <= _LONGEST else value[:_LONGEST] + '…'}"


@fact_sql.register
def _(leaf: Consents, scope: Scope) -> str:
    return f"p.consent #> {scope.bind([leaf.channel.value, leaf.purpose.value], 'text[]')}"


@fact_words.register
def _(leaf: Consents, fact: Any) -> str:  # noqa: ANN401
    return str(fact) if fact else "nothing on record"


@fact_sql.register
def _(leaf: HasAddress, scope: Scope) -> str:
    return f"to_jsonb(coalesce(p.addresses ->> {scope.bind(leaf.channel.value, 'text')} <> '', false))"


@fact_words.register
def _(leaf: HasAddress, fact: Any) -> str:  # noqa: ANN401
    return "one is on record" if fact else "none is on record"


@fact_sql.register
def _(leaf: InCountry, scope: Scope) -> str:
    return "jsonb_build_object('address', p.country, 'device', p.device_country)"


@fact_sql.register
def _(leaf: InTimeZone, scope: Scope) -> str:
    return "jsonb_build_object('own word', p.time_zone, 'device', p.device_time_zone)"


@fact_words.register(InCountry)
@fact_words.register(InTimeZone)
def _(leaf: Condition, fact: Any) -> str:  # noqa: ANN401
    own = "address" if isinstance(leaf, InCountry) else "own word"
    source = own if fact[own] is not None else "device"
    return f"{fact[source]}, by the {source}" if fact[source] is not None else "not known"


@fact_sql.register(InJourney)
@fact_sql.register(WasIn)
def _(leaf: InJourney | WasIn, scope: Scope) -> str:
    ended = f"CASE WHEN r.ended_at <= {scope.at} THEN {_instant('r.ended_at')} END"
    run = f"'started', {_instant('r.started_at')}, 'ended', {ended}, 'holdout', r.state = 'holdout'"
    latest = f"r.started_at <= {scope.at} ORDER BY r.started_at DESC, r.id DESC LIMIT 1"
    return f"(SELECT jsonb_build_object({run}) {runs_sql(leaf.journey, scope)} AND {latest})"


@fact_words.register(InJourney)
@fact_words.register(WasIn)
def _(leaf: Condition, fact: Any) -> str:  # noqa: ANN401
    if fact is None:
        return "never entered it"
    if fact["holdout"]:
        return f"held out of it on {fact['started']}"
    entered = f"entered it on {fact['started']}"
    return f"{entered}, left it on {fact['ended']}" if fact["ended"] else f"{entered} and is in it"
