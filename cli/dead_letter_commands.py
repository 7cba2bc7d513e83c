"""``fermata dead-letters``: what could not be processed or delivered; look at it, send it again, give it up."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from cli.quiet_logs import log_troubles_only
from cli.two_columns import two_columns
from fermata.audit import Act, announced, os_user
from fermata.database import Pool
from fermata.deployment import deployment_leave_on, deployment_verbs
from fermata.ingest import (
    DeadLetter,
    DeadLetterPage,
    Ingest,
    drop_dead_letter,
    list_dead_letters,
    read_dead_letter,
    resend_dead_letter,
)
from fermata.settings import read_settings
from worker.temporal import connect
from workflows.discovery import discover
from workflows.runs_in_temporal import RunsInTemporal

app = typer.Typer(
    help="See what could not be processed or delivered; send it again, or give it up.", no_args_is_help=True
)

LetterId = Annotated[UUID, typer.Argument(metavar="ID", help="As `fermata dead-letters list` shows it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command("list")
def show_many(
    ended: Annotated[bool, typer.Option("--ended", help="Also those that were sent again or dropped.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List what was set aside, the newest first, each with its reason.

    Example: fermata dead-letters list

    Example: fermata dead-letters list --ended --json
    """

    async def read(pool: Pool) -> DeadLetterPage:
        return await list_dead_letters(pool, limit=limit, ended=ended)

    page = on_database(read)
    if as_json:
        print_json({"dead_letters": page.items})
    elif page.items:
        Console(highlight=False).print(_table(page.items))
        if page.next_cursor is not None:
            typer.echo(f"The newest {limit}; there are more: --limit shows them.", err=True)
    else:
        typer.echo("Nothing was set aside.")


@app.command()
def show(letter: LetterId, as_json: Json = False) -> None:
    """Show one: what it is, why it was set aside, and what became of it.

    Example: fermata dead-letters show 0197b9a0-5c1e-7c3a-9d7e-2f4f6f0b8a11
    """
    found = on_database(lambda pool: read_dead_letter(pool, letter))
    if as_json:
        print_json(found)
        return
    told = {name.replace("_", " "): value for name, value in dict(found).items() if value is not None}
    Console(highlight=False).print(two_columns((name, str(value)) for name, value in told.items()))


@app.command()
def resend(letter: LetterId) -> None:
    """Send one again, once its cause is mended. Said twice, it goes once.

    Example: fermata dead-letters resend 0197b9a0-5c1e-7c3a-9d7e-2f4f6f0b8a11
    """
    log_troubles_only()
    settings = read_settings()

    async def send(pool: Pool) -> None:
        ingest = Ingest(
            pool,
            discover(settings.journeys).registry,
            latest_trigger=settings.latest_trigger,
            most_runs=settings.most_runs_per_profile,
            holdout=settings.holdout,
            verbs=deployment_verbs(settings),
            leave_on=deployment_leave_on(settings),
        )
        async with announced(pool, Act(os_user(), "dead_letters.resend", f"dead letter {letter}")):
            await resend_dead_letter(pool, ingest, letter, datetime.now(UTC), RunsInTemporal(connect).try_again)

    on_database(send)
    typer.echo(f"{letter} was sent again.")


@app.command()
def drop(letter: LetterId) -> None:
    """Give one up for good. A run whose start is dropped never begins, and ends.

    Example: fermata dead-letters drop 0197b9a0-5c1e-7c3a-9d7e-2f4f6f0b8a11
    """

    async def give_up(pool: Pool) -> None:
        async with announced(pool, Act(os_user(), "dead_letters.drop", f"dead letter {letter}")):
            await drop_dead_letter(pool, letter, datetime.now(UTC))

    on_database(give_up)
    typer.echo(f"{letter} was dropped.")


def _table(letters: tuple[DeadLetter, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("id", "when (UTC)", "what", "of", "tries", "reason"):
        table.add_column(column, overflow="fold")
    for each in letters:
        what = f"{each.kind}: {each.word}" if each.kind == "dispatch" else each.kind
        told = each.reason if each.ended_as is None else f"{each.ended_as}; {each.reason}"
        table.add_row(
            str(each.id),
            utc_text(each.died_at),
            what,
            Text(each.message_id or f"{each.journey} {each.run_id}"),
            str(each.tries),
            Text(told),
        )
    return table
