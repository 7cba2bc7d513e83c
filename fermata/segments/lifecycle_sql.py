"""The lifecycle rule as SQL. It is put together from conditions on orders, so that it is read by the same indexes."""

from typing import Any

from fermata.segments.behaviour import did, last
from fermata.segments.condition import Condition
from fermata.segments.facts import fact_sql, fact_words
from fermata.segments.lifecycle import ACTIVE_FOR, AT_RISK_AFTER, LAPSED_AFTER, ORDER, InStage
from fermata.segments.person import has_address
from fermata.segments.scope import Scope
from fermata.segments.sql import condition_sql, events_sql
from fermata.vocabulary import Channel, LifecycleStage

_REACHABLE = has_address(Channel.EMAIL) | has_address(Channel.SMS) | has_address(Channel.PUSH)
_RECENT = last(ORDER, within=AT_RISK_AFTER)
_BY_ORDERS: dict[LifecycleStage, Condition] = {
    LifecycleStage.CUSTOMER: _RECENT & ~did(ORDER, times=2),
    LifecycleStage.REPEAT_CUSTOMER: _RECENT & did(ORDER, times=2),
    LifecycleStage.AT_RISK: last(ORDER, before=AT_RISK_AFTER, within=LAPSED_AFTER),
    LifecycleStage.LAPSED: last(ORDER, before=LAPSED_AFTER),
}


@condition_sql.register
def _(segment: InStage, scope: Scope) -> str:
    return f"({' OR '.join(_stage_sql(stage, scope) for stage in segment.stages)})"


def _stage_sql(stage: LifecycleStage, scope: Scope) -> str:
    if stage in _BY_ORDERS:
        return condition_sql(_BY_ORDERS[stage], scope)
    reachable = condition_sql(_REACHABLE, scope)
    never = f"NOT {condition_sql(did(ORDER), scope)}"
    if stage is LifecycleStage.VISITOR:
        return f"({never} AND NOT {reachable})"
    seen = f"coalesce(p.session_seen_at > {scope.ago(ACTIVE_FOR)}, false)"
    return f"({never} AND {reachable} AND {seen if stage is LifecycleStage.ACTIVE else f'NOT {seen}'})"


@fact_sql.register
def _(leaf: InStage, scope: Scope) -> str:
    orders = f"(SELECT count(*) {events_sql(ORDER, (), scope)})"
    latest = f"(SELECT max(e.occurred_at) {events_sql(ORDER, (), scope)})"
    return (
        f"jsonb_build_object('orders', {orders}, 'last', {_day(latest)},"
        f" 'reachable', {condition_sql(_REACHABLE, scope)}, 'seen', {_day('p.session_seen_at')})"
    )


@fact_words.register
def _(leaf: InStage, fact: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if fact["orders"]:
        number = "1 order" if fact["orders"] == 1 else f"{fact['orders']} orders"
        return f"{number}, the last on {fact['last']}"
    reachable = "an address is on record" if fact["reachable"] else "no address is on record"
    seen = f"seen on {fact['seen']}" if fact["seen"] else "never seen"
    return f"no order, {reachable}, {seen}"


def _day(sql: str) -> str:
    return f"to_char(({sql}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')"
