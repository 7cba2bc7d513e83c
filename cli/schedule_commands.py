"""``fermata schedule``: which broadcasts begin by themselves, and when; hold one, let it go, take it away."""

import asyncio
import getpass
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.broadcasts.asked import local_time_of, properties_of, rate_of
from cli.instants import utc_text
from cli.json_output import print_json
from cli.on_record import on_record
from fermata.broadcasts import Launch, Recurrence
from fermata.settings import read_settings
from worker.temporal import connect
from workflows.broadcast_schedules import BroadcastSchedules, ScheduleShown
from workflows.declared_broadcasts import declared_broadcasts

app = typer.Typer(help="See which broadcasts begin by themselves; make, hold, change them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The broadcast's, as it is declared.")]
Why = Annotated[str, typer.Option(help="For whoever reads it later; Temporal's UI shows it as the note.")]
By = Annotated[str | None, typer.Option(help="Who says so; your user name without it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command("list")
def show_all(as_json: Json = False) -> None:
    """List the broadcasts that begin by themselves, and when each does next.

    Example: fermata schedule list
    """
    shown = asyncio.run(_schedules().list())
    if as_json:
        print_json({"schedules": list(shown)})
    elif shown:
        Console(highlight=False).print(_table(shown))
    else:
        typer.echo("No broadcast is scheduled; `fermata schedule put NAME` schedules one.")


@app.command()
def put(
    name: Name,
    every: Annotated[str | None, typer.Option(help="ISO 8601: P1D, PT6H; counted from 1970 in UTC.")] = None,
    offset: Annotated[str | None, typer.Option(help="So much later, with --every: PT6H.")] = None,
    cron: Annotated[str | None, typer.Option(help="Five fields: '0 9 * * mon'.")] = None,
    time_zone: Annotated[str, typer.Option(help="Whose calendar --cron reads: Europe/Paris.")] = "Etc/UTC",
    local_time: Annotated[str | None, typer.Option(help="On each person's own clock: 10:00.")] = None,
    rate: Annotated[str | None, typer.Option(help="How many people enter in how long: 50/s.")] = None,
    properties: Annotated[list[str] | None, typer.Option("--set", help="A property of the event.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Have a broadcast begin by itself, or change when it does. Without --every or --cron it is as declared.

    Example: fermata schedule put weekly_news --cron '0 9 * * mon' --time-zone Europe/Paris
    """
    launch = Launch(
        name=name,
        local_time=local_time_of(local_time),
        rate=rate_of(rate),
        properties=properties_of(properties or []),
        by=by or getpass.getuser(),
        why="by its schedule",
    )
    recurrence = _recurrence(every, offset, cron, time_zone)
    shown = on_record("schedule.put", name, lambda: _schedules().put(launch, recurrence))
    _tell(shown, as_json=as_json)


@app.command()
def pause(name: Name, why: Why = "", by: By = None, as_json: Json = False) -> None:
    """Hold a schedule: it does not begin by itself. What is under way goes on.

    Example: fermata schedule pause churn_risk --why 'the texts are being rewritten'
    """
    shown = on_record("schedule.pause", name, lambda: _schedules().pause(name, _note("paused", by, why)))
    _tell(shown, as_json=as_json)


@app.command()
def resume(name: Name, why: Why = "", by: By = None, as_json: Json = False) -> None:
    """Let a schedule go, from its next beginning on.

    Example: fermata schedule resume churn_risk
    """
    shown = on_record("schedule.resume", name, lambda: _schedules().resume(name, _note("resumed", by, why)))
    _tell(shown, as_json=as_json)


@app.command()
def remove(name: Name, as_json: Json = False) -> None:
    """Take a schedule away. What is under way goes on.

    Example: fermata schedule remove weekly_news
    """
    on_record("schedule.remove", name, lambda: _schedules().remove(name))
    if as_json:
        print_json({"removed": name})
    else:
        typer.echo(f"{name} does not begin by itself any more.")


def _recurrence(every: str | None, offset: str | None, cron: str | None, time_zone: str) -> Recurrence | None:
    if every is None and cron is None and offset is None:
        return None
    try:
        return Recurrence.model_validate({"every": every, "offset": offset, "cron": cron, "time_zone": time_zone})
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _table(schedules: tuple[ScheduleShown, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("broadcast", "recurs", "next (UTC)", "note"):
        table.add_column(heading, overflow="fold")
    for each in schedules:
        following = f"{each.next_at:%m-%d %H:%M}" if each.next_at is not None else "-"
        next_at = Text("held", "yellow") if each.paused else Text(following)
        table.add_row(Text(each.name), Text(each.recurs), next_at, Text(each.note, "dim"))
    return table


def _tell(shown: ScheduleShown, *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
    elif shown.paused:
        typer.echo(f"{shown.name}, {shown.recurs}: held; `fermata schedule resume {shown.name}` lets it go.")
    else:
        following = utc_text(shown.next_at) if shown.next_at is not None else "never again"
        typer.echo(f"{shown.name}, {shown.recurs}: next {following}.")


def _note(done: str, by: str | None, why: str) -> str:
    return f"{done} by {by or getpass.getuser()}" + (f": {why}" if why else "")


def _schedules() -> BroadcastSchedules:
    return BroadcastSchedules(declared_broadcasts(read_settings().journeys), connect)
