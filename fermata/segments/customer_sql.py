"""What a customer bought and kept, as SQL: the rules of ``fermata.traits.purchases`` once more, which a test compares.

It is put together as one JSON document for each profile, which is then compared as a trait is.
"""

import json
from typing import Any

from fermata.segments.customer import AMONG_ALL, Customer, RfmSegment, segment_of
from fermata.segments.facts import fact_sql, fact_words
from fermata.segments.json_sql import comparison_sql, number_sql
from fermata.segments.scope import Scope
from fermata.segments.sql import condition_sql, events_sql

_COMPLETED = "Order Completed"
_ORDER_EVENTS = [_COMPLETED, "Order Updated", "Order Refunded", "Order Cancelled"]
_FIFTHS = range(1, 6)
_GRID: list[RfmSegment] = [segment_of(recency, frequency) for recency in _FIFTHS for frequency in _FIFTHS]

# A row a currency: the orders that stand, when the last was, and what they come to. The events of the profile are
# looked up behind a fence (OFFSET 0), as all that is asked of one person.
_PURCHASES = """
WITH told AS MATERIALIZED (
    SELECT e.id, e.name, e.occurred_at, nullif(e.properties ->> 'order_id', '') AS number,
           CASE WHEN says.sum IS NOT NULL THEN greatest(says.sum, 0)
                WHEN jsonb_typeof(e.properties -> 'products') = 'array' AND e.properties -> 'products' <> '[]' THEN (
                    SELECT coalesce(sum({price_of_product}), 0)
                    FROM jsonb_array_elements(e.properties -> 'products') AS product (value)
                    WHERE jsonb_typeof(product.value) = 'object'
                )
                WHEN says.price IS NOT NULL THEN {price_of_event} END AS amount,
           CASE jsonb_typeof(e.properties -> 'currency') WHEN 'string' THEN e.properties ->> 'currency' ELSE '' END
               AS currency
    FROM (
        SELECT id, name, occurred_at, properties FROM events WHERE profile_id = p.id AND name = ANY({names}) OFFSET 0
    ) e
    CROSS JOIN LATERAL (SELECT coalesce({revenue}, {total}, {value}, {subtotal}) AS sum, {price} AS price) says
    WHERE e.occurred_at <= {at}
), known AS (
    SELECT min(occurred_at) FILTER (WHERE name = 'Order Completed') AS completed_at,
           coalesce((array_agg(amount ORDER BY occurred_at DESC, name DESC, coalesce(amount, -1) DESC, currency DESC)
               FILTER (WHERE name IN ('Order Completed', 'Order Updated') AND amount IS NOT NULL))[1], 0) AS amount,
           coalesce((array_agg(currency ORDER BY occurred_at DESC, name DESC, coalesce(amount, -1) DESC, currency DESC)
               FILTER (WHERE name IN ('Order Completed', 'Order Updated') AND currency <> ''))[1], '') AS currency,
           coalesce(sum(amount) FILTER (WHERE name = 'Order Refunded'), 0) AS refunded,
           bool_or(name = 'Order Cancelled' OR (name = 'Order Refunded' AND amount IS NULL)) AS is_undone
    FROM told
    WHERE number IS NOT NULL OR name <> 'Order Refunded'
    GROUP BY coalesce(number, 'event ' || id)
), standing AS (
    SELECT completed_at, currency, amount - refunded AS kept FROM known
    WHERE completed_at IS NOT NULL AND NOT is_undone AND (refunded = 0 OR amount > refunded)
), refunds AS (
    SELECT currency, sum(amount) AS amount FROM told
    WHERE name = 'Order Refunded' AND number IS NULL GROUP BY currency
)
SELECT standing.currency, count(*) AS orders, max(standing.completed_at) AS last_at,
       greatest(sum(standing.kept) - coalesce(min(refunds.amount), 0), 0) AS spent
FROM standing LEFT JOIN refunds USING (currency)
GROUP BY standing.currency
"""

# The fifth that a value lies in, by the last look at the population that is not later than the instant.
_FIFTH = """
(SELECT CASE WHEN jsonb_array_length(look.document -> '{border}') > 0 AND {value} IS NOT NULL THEN (
    SELECT 1 + count(*) FROM jsonb_array_elements_text(look.document -> '{border}') AS ends (value)
    WHERE ends.value::{type} < {value}
) END
FROM (SELECT document FROM population_borders WHERE kind = 'rfm' AND at <= {at} ORDER BY at DESC LIMIT 1) look)
"""


@condition_sql.register
def _(segment: Customer, scope: Scope) -> str:
    measured = f"({_document(segment, scope)}) customer"
    holds = f"(SELECT {comparison_sql(segment.comparison, 'customer.document', scope)} FROM {measured})"  # noqa: S608
    if segment.holds_of_nobody:
        return holds
    # Who kept an order made one: by that the planner finds the few of a population to look into.
    return f"(EXISTS (SELECT 1 {events_sql(_COMPLETED, (), scope)}) AND {holds})"


@fact_sql.register
def _(leaf: Customer, scope: Scope) -> str:
    path = scope.bind(list(leaf.comparison.path), "text[]")
    return f"(SELECT customer.document #> {path} FROM ({_document(leaf, scope)}) customer)"  # noqa: S608


@fact_words.register
def _(leaf: Customer, fact: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if fact is None:
        return f"{leaf.comparison.name} is not set"
    return f"{leaf.comparison.name} is {json.dumps(round(fact, 2) if isinstance(fact, float) else fact)}"


def _document(segment: Customer, scope: Scope) -> str:
    """SQL of one row with the document; what the comparison does not need stays out of it."""
    fields = {
        "orders": "coalesce(sum(orders), 0)",
        "spent": "coalesce(jsonb_object_agg(currency, spent) FILTER (WHERE currency IS NOT NULL), '{}')",
        "days_since_order": f"extract(epoch FROM {scope.at} - max(last_at)) / 86400",
    }
    if segment.comparison.path[0] in AMONG_ALL:
        fields |= _among_all(scope)
    pairs = ", ".join(f"'{name}', {sql}" for name, sql in fields.items())
    return f"SELECT jsonb_build_object({pairs}) AS document FROM ({_purchases(scope)}) bought"  # noqa: S608


def _among_all(scope: Scope) -> dict[str, str]:
    recency = _FIFTH.format(border="last_order", value="max(last_at)", type="timestamptz", at=scope.at)
    frequency = _FIFTH.format(border="orders", value="nullif(sum(orders), 0)", type="numeric", at=scope.at)
    names = scope.bind([name.value for name in _GRID], "text[]")
    return {
        "recency_quintile": recency,
        "frequency_quintile": frequency,
        "rfm_segment": f"({names})[(({recency} - 1) * 5 + {frequency})::int]",
    }


def _purchases(scope: Scope) -> str:
    stated = {
        name: number_sql(f"(e.properties -> '{name}')") for name in ("revenue", "total", "value", "subtotal", "price")
    }
    return _PURCHASES.format(
        **stated,
        price_of_product=_price("product.value"),
        price_of_event=_price("e.properties"),
        names=scope.bind(_ORDER_EVENTS, "text[]"),
        at=scope.at,
    )


def _price(product: str) -> str:
    price, quantity = (number_sql(f"({product} -> '{name}')") for name in ("price", "quantity"))
    times = f"CASE WHEN {quantity} IS NULL THEN 1 ELSE greatest({quantity}, 0) END"
    return f"greatest(coalesce({price}, 0), 0) * {times}"
