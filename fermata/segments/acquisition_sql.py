"""How somebody came to us, as SQL over the touches that their events carry."""

from typing import Any

from fermata.segments.acquisition import CameBy
from fermata.segments.facts import fact_sql, fact_words
from fermata.segments.scope import Scope
from fermata.segments.sql import condition_sql


@condition_sql.register
def _(segment: CameBy, scope: Scope) -> str:
    channels = scope.bind([channel.value for channel in segment.channels], "text[]")
    return (
        f"coalesce((SELECT e.enrichment #>> '{{touch,channel}}' {_touch_sql(segment, scope)}) = ANY({channels}), false)"
    )


@fact_sql.register
def _(leaf: CameBy, scope: Scope) -> str:
    day = "to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')"
    return f"(SELECT e.enrichment -> 'touch' || jsonb_build_object('at', {day}) {_touch_sql(leaf, scope)})"


@fact_words.register
def _(leaf: CameBy, fact: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if fact is None:
        return "not known"
    said = ", ".join(fact[name] for name in ("source", "campaign") if name in fact)
    channel = fact["channel"].replace("_", " ")
    return f"by {channel} ({said}) on {fact['at']}" if said else f"by {channel} on {fact['at']}"


def _touch_sql(segment: CameBy, scope: Scope) -> str:
    """FROM and all that follows: the touch of the profile that is asked about, read by ``events_with_touch``.

    Of two at one instant the message id decides, whichever came in first.
    """
    order = "e.occurred_at, e.message_id"
    if segment.which == "latest":
        order = "e.enrichment #>> '{touch,channel}' = 'direct', e.occurred_at DESC, e.message_id DESC"
    return (
        "FROM events e WHERE e.profile_id = p.id AND e.enrichment ? 'touch'"
        f" AND e.occurred_at <= {scope.at} ORDER BY {order} LIMIT 1"
    )
