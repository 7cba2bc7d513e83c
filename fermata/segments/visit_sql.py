"""How long somebody stayed, as SQL: the longest visit that their pages and screens tell of."""

from typing import Any

from fermata.segments.duration import duration_words
from fermata.segments.facts import fact_sql, fact_words
from fermata.segments.scope import Scope
from fermata.segments.sql import condition_sql
from fermata.segments.visit import VISIT_ENDS_AFTER, Stayed


@condition_sql.register
def _(segment: Stayed, scope: Scope) -> str:
    longest = _longest(segment, scope)
    return f"coalesce({longest} >= {scope.bind(segment.at_least.total_seconds(), 'float8')}, false)"


@fact_sql.register
def _(leaf: Stayed, scope: Scope) -> str:
    return f"to_jsonb(round(({_longest(leaf, scope)})::numeric))"


@fact_words.register
def _(leaf: Stayed, fact: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if fact is None:
        return f"no visit within {duration_words(leaf.within)}"
    minutes, seconds = divmod(int(fact), 60)
    return f"the longest lasted {minutes} min {seconds} s"


_LONGEST = """(
    SELECT max(lasted) FROM (
        SELECT extract(epoch FROM max(occurred_at) - min(occurred_at)) AS lasted
        FROM (
            SELECT occurred_at, count(*) FILTER (WHERE begins) OVER (ORDER BY occurred_at) AS visit
            FROM (
                SELECT occurred_at,
                       coalesce(occurred_at - lag(occurred_at) OVER (ORDER BY occurred_at) >= {silence}, true) AS begins
                FROM (
                    SELECT occurred_at, type, context FROM events WHERE profile_id = p.id OFFSET 0
                ) theirs
                WHERE occurred_at <= {at} AND occurred_at > {since}
                  AND (type IN ('page', 'screen') OR context ?| ARRAY['page', 'screen'])
            ) spaced
        ) numbered
        GROUP BY visit
    ) visits
)"""


def _longest(leaf: Stayed, scope: Scope) -> str:
    """SQL of the longest visit's seconds, NULL without one. The person's events are looked up behind a fence."""
    silence = f"make_interval(secs => {scope.bind(VISIT_ENDS_AFTER.total_seconds(), 'float8')})"
    return _LONGEST.format(silence=silence, at=scope.at, since=scope.ago(leaf.within))
