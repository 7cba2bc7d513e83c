"""A comparison of a value in a JSON column, as SQL: two-valued, whatever is in the column, with every value bound."""

import json
from collections.abc import Iterable

from fermata.segments.comparison import Comparison, Operator
from fermata.segments.scalar import is_number
from fermata.segments.scope import Scope

_ORDERS = {Operator.AT_LEAST: ">=", Operator.MORE_THAN: ">", Operator.AT_MOST: "<=", Operator.LESS_THAN: "<"}
# Text is read as a number only where it is plainly one, so that the cast cannot fail. CASE decides before it casts.
_PLAIN_NUMBER = "'^-?[0-9]{1,30}([.][0-9]{1,30})?$'"


def comparison_sql(comparison: Comparison, column: str, scope: Scope) -> str:
    """Returns the condition.

    Args:
        comparison: What is asked.
        column: The jsonb column: ``e.properties``.
        scope: The statement.
    """
    path = scope.bind(list(comparison.path), "text[]")
    found = f"({column} #> {path})"
    holds = f"coalesce({_sql(comparison, found, scope)}, false)"
    return f"NOT {holds}" if comparison.negated else holds


def _sql(comparison: Comparison, found: str, scope: Scope) -> str:
    if comparison.operator is Operator.IS_SET:
        return f"jsonb_typeof({found}) <> 'null'"
    if comparison.operator in _ORDERS:
        bound = scope.bind(str(comparison.values[0]), "text")
        return f"{number_sql(found)} {_ORDERS[comparison.operator]} ({bound})::numeric"
    return _equality(comparison.values, found, scope)


def _equality(values: Iterable[object], found: str, scope: Scope) -> str:
    numbers = [str(value) for value in values if is_number(value)]
    others = [json.dumps(value) for value in values if not is_number(value)]
    ways = []
    if numbers:
        ways.append(f"coalesce({number_sql(found)} = ANY(({scope.bind(numbers, 'text[]')})::numeric[]), false)")
    if others:
        ways.append(f"coalesce({found} = ANY(({scope.bind(others, 'text[]')})::jsonb[]), false)")
    return f"({' OR '.join(ways)})"


def number_sql(found: str) -> str:
    """Returns SQL of the number that a value in JSON stands for, NULL where it is none.

    Args:
        found: SQL of the value, jsonb.
    """
    return (
        f"CASE jsonb_typeof({found}) WHEN 'number' THEN ({found})::numeric"
        f" WHEN 'string' THEN CASE WHEN {found} #>> '{{}}' ~ {_PLAIN_NUMBER}"
        f" THEN ({found} #>> '{{}}')::numeric END END"
    )
