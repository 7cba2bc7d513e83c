"""``fermata explain``: one recorded decision, with the rules and the facts that led to it."""

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from cli.database import on_database
from cli.explain.explanation import Explanation
from cli.json_output import print_json
from fermata.ledger.decisions import read_decision


def explain(
    decision_id: Annotated[UUID, typer.Argument(help="The decision, as runs and the Temporal UI name it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Say why a person did or did not get a message: each rule, what it saw, and where that was known from.

    Addresses are never shown in full.

    Example: fermata explain 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88
    """
    record = on_database(lambda pool: read_decision(pool, decision_id))
    if as_json:
        print_json(record)
    else:
        Console(highlight=False).print(Explanation(record))
