"""Plans as if events were one table: a month counts as events, and each of its indexes as that of the whole."""

from collections.abc import Mapping
from typing import Any

from fermata.database import Connection, Pool

_PARTS = """
SELECT part.relname AS name, whole.relname AS whole,
       part.relkind = 'r' AND pg_relation_size(part.oid) < 32 * 8192 AS is_small
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid JOIN pg_class whole ON whole.oid = inhparent
"""
_NAMES: tuple[str, ...] = ("Relation Name", "Index Name")


async def without_months(connection: Connection | Pool, plan: dict[str, Any]) -> dict[str, Any]:
    """A plan with the names of the whole tables and indexes. Left out is what reads few pages: no index is quicker.

    Args:
        connection: To the database of the plan.
        plan: Its first node, of EXPLAIN in JSON.
    """
    rows = await connection.fetch(_PARTS)
    small = {row["name"] for row in rows if row["is_small"]}
    return _named(plan, {row["name"]: row["whole"] for row in rows}, small)


def _named(node: dict[str, Any], wholes: Mapping[str, str], small: set[str]) -> dict[str, Any]:
    named = {key: wholes.get(node[key], node[key]) for key in _NAMES if key in node}
    inner = [each for each in node.get("Plans", []) if each.get("Relation Name") not in small]
    return {**node, **named, "Plans": [_named(each, wholes, small) for each in inner]}
