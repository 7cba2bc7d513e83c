"""``fermata audit``: what operators and admins did, on the command line, over HTTP and in the console."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import read_since
from cli.json_output import print_json
from fermata.audit import AuditEntry, AuditPage, Outcome, list_entries, of_profile
from fermata.database import Pool

_COLOURS = {Outcome.DONE: "green", Outcome.BEGUN: "dim", Outcome.REFUSED: "yellow", Outcome.FAILED: "red"}


def audit(
    since: Annotated[str, typer.Option(help="Nothing before: P30D, or an instant.")] = "P30D",
    by: Annotated[str | None, typer.Option(help="Only what this key, or user of the machine, did.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this: keys.rotate, or keys for all of them.")] = None,
    target: Annotated[str | None, typer.Option(help="Only what was done with this: 'key website'.")] = None,
    profile: Annotated[UUID | None, typer.Option(help="Only what was done with this person.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only what ended so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Show who did what, on what, when, and what came of it, the newest first. Nobody can change it.

    Example: fermata audit --action keys

    Example: fermata audit --by support --since P7D --json
    """
    try:
        begin = read_since(since, datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None
    wanted = of_profile(profile) if profile is not None else target

    async def read(pool: Pool) -> AuditPage:
        return await list_entries(
            pool, since=begin, actor=by, action=action, target=wanted, outcome=outcome, limit=limit
        )

    page = on_database(read)
    if as_json:
        print_json({"entries": page.items})
    elif page.items:
        Console(highlight=False).print(_table(page.items))
        if page.next_cursor is not None:
            typer.echo(f"The newest {limit}; there are more: --limit, --since or a filter shows them.", err=True)
    else:
        typer.echo("Nobody did any of that in this time.")


def _table(entries: tuple[AuditEntry, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("when (UTC)", no_wrap=True)
    for column in ("who", "door", "what", "on", "outcome"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        told = f"{entry.outcome}: {entry.detail}" if entry.detail else str(entry.outcome)
        outcome = Text(told, _COLOURS[entry.outcome])
        when = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        table.add_row(when, Text(entry.actor or "-"), entry.door, entry.action, Text(entry.target), outcome)
    return table
