"""How Postgres finds what a decision reads: every scan of its plans, by index or not."""

from collections.abc import Iterator
from typing import Any

import orjson

from cli.bench.recorded_statements import RecordedDecision, connect_bare
from fermata.database import Queries

SMALL_TABLES = frozenset({"policies", "policy_activations"})
"""These have a row for each policy, and grow with nothing else."""
_EMPTY = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND pg_relation_size(oid) = 0"


async def plan_notes(database_url: str, recorded: RecordedDecision) -> tuple[str, ...]:
    """Says for each statement of a decision how it finds rows.

    Args:
        database_url: Of the database that it was recorded on.
        recorded: The decision.
    """
    names = {text: name for name, text in Queries("fermata.ledger").items()}
    connection = await connect_bare(database_url)
    told: list[str] = []
    try:
        empty = {row["relname"] for row in await connection.fetch(_EMPTY)}  # months to come
        for statement in recorded.statements:
            if statement.arguments:
                plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.text}", *statement.arguments)
                found = scans(orjson.loads(plan)[0]["Plan"])
                nodes = [node for node in found if node.get("Relation Name") not in empty]
                if nodes:
                    told.append(_told(names.get(statement.text, statement.text), nodes))
    finally:
        await connection.close()
    return tuple(told)


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan that read a table.

    Args:
        plan: Of EXPLAIN in JSON.
    """
    if plan["Node Type"].endswith("Scan") and not plan["Node Type"].startswith(("CTE", "Function")):
        yield plan
    for inner in plan.get("Plans", []):
        yield from scans(inner)


def _told(name: str, nodes: list[dict[str, Any]]) -> str:
    by_index = sorted({node["Index Name"] for node in nodes if "Index Name" in node})
    whole = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    told = f"{name} reads by index ({', '.join(by_index) or 'nothing'})"
    if small := whole & SMALL_TABLES:
        told += f", and whole what has a row a policy ({', '.join(sorted(small))})"
    growing = whole - SMALL_TABLES
    return f"{told}; " + (f"WHOLE: {', '.join(sorted(growing))}" if growing else "no growing table whole")
