"""``fermata broadcast``: see what an announcement would do, start it, hold it, let it go on, cancel it."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from cli.broadcasts.asked import instant_of, local_time_of, properties_of, rate_of
from cli.broadcasts.portrait import BroadcastPortrait, PreviewPortrait, listed
from cli.database import on_database
from cli.json_output import print_json
from fermata.audit import Act, announced, os_user
from fermata.broadcasts import (
    BroadcastOperation,
    BroadcastRecord,
    Launch,
    find_broadcast,
    list_broadcasts,
)
from fermata.broadcasts.preview import Preview
from fermata.database import Pool
from fermata.settings import read_settings
from worker.temporal import connect
from workflows.broadcast_desk import BroadcastDesk
from workflows.declared_broadcasts import declared_broadcasts
from workflows.discovery import discover
from workflows.operated import OperatorWord

app = typer.Typer(
    help="See what an announcement would do; start it, hold it, let it go on, cancel it.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="As a module of FERMATA_JOURNEYS declares it.")]
At = Annotated[str | None, typer.Option(help="Not before this instant: 2026-12-01T09:00Z. Without, at once.")]
LocalTime = Annotated[
    str | None, typer.Option(help="On each person's own clock: 10:00, or 2026-12-01T10:00 for one day.")
]
Rate = Annotated[str | None, typer.Option(help="How many people enter in how long: 50/s, 30/min, 2000/h.")]
Holdout = Annotated[float | None, typer.Option(min=0, max=0.99, help="The share that is left out, to compare.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="A property of the event: title='Spring sale'.")]
Why = Annotated[str, typer.Option(help="For whoever reads it later; it stands with the broadcast.")]
By = Annotated[str | None, typer.Option(help="Who says so; your user name without it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
BroadcastId = Annotated[UUID, typer.Argument(metavar="BROADCAST_ID", help="As `fermata broadcast list` shows it.")]


@app.command()
def preview(
    name: Name,
    at: At = None,
    local_time: LocalTime = None,
    rate: Rate = None,
    holdout: Holdout = None,
    properties: Set = None,
    as_json: Json = False,
) -> None:
    """Count what a broadcast would do, over its whole segment, and do nothing.

    Example: fermata broadcast preview spring_sale --local-time 10:00
    """
    launch = _launch(name, at, local_time, rate, holdout, properties)

    counted = on_database(lambda pool: _count(_desk(pool), launch))
    if as_json:
        print_json(counted)
    else:
        Console(highlight=False).print(PreviewPortrait(counted))


@app.command()
def start(
    name: Name,
    at: At = None,
    local_time: LocalTime = None,
    rate: Rate = None,
    holdout: Holdout = None,
    properties: Set = None,
    why: Why = "",
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not count and ask first.")] = False,
    as_json: Json = False,
) -> None:
    """Start a broadcast. It counts whom it would reach and asks, unless --yes is given.

    Example: fermata broadcast start spring_sale --at 2026-12-01T09:00Z --rate 50/s --set title='Spring sale'
    """
    launch = _launch(name, at, local_time, rate, holdout, properties, by=by or getpass.getuser(), why=why)

    async def begin(pool: Pool) -> BroadcastRecord:
        desk = _desk(pool)
        if not yes:
            counted = await _count(desk, launch)
            Console(highlight=False, stderr=True).print(PreviewPortrait(counted))
            typer.confirm(f"Announce it to {counted.people - counted.held_out:,} people?", abort=True, err=True)
        act = Act(os_user(), "broadcasts.start", name)
        async with announced(pool, act):
            started = await desk.start(launch, datetime.now(UTC))
            act.detail = f"broadcast {started.id}"
            return started

    record = on_database(begin)
    if as_json:
        print_json(record)
    else:
        typer.echo(f"Started {record.name} as {record.id}; `fermata broadcast show {record.id}` tells how far it is.")


@app.command("list")
def show_many(
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20, as_json: Json = False
) -> None:
    """List the broadcasts that were started, the newest first, and those that can be.

    Example: fermata broadcast list
    """
    declared = declared_broadcasts(read_settings().journeys)

    async def find(pool: Pool) -> tuple[BroadcastRecord, ...]:
        return (await list_broadcasts(pool, limit=limit)).items

    records = on_database(find)
    if as_json:
        print_json({"broadcasts": records, "declared": [each.model_dump(mode="json") for each in declared.values()]})
        return
    if records:
        Console(highlight=False).print(listed(records))
    else:
        typer.echo("No broadcast was started yet.")
    typer.echo(f"Declared: {', '.join(declared) or 'none'}.")


@app.command()
def show(broadcast_id: BroadcastId, as_json: Json = False) -> None:
    """Show how far a broadcast is: who has entered, was held out, was refused and why, and is left.

    Example: fermata broadcast show 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88
    """

    async def look(pool: Pool) -> tuple[BroadcastRecord, str | None]:
        record = await find_broadcast(pool, broadcast_id)
        return record, await _desk(pool).problem(record)

    record, problem = on_database(look)
    if as_json:
        print_json({**record.model_dump(mode="json"), "gone": record.progress.gone, "problem": problem})
    else:
        Console(highlight=False).print(BroadcastPortrait(record, problem))


def _command(operation: BroadcastOperation, does: str) -> Callable[..., None]:
    def command(broadcast_id: BroadcastId, why: Why = "", by: By = None, as_json: Json = False) -> None:
        word = OperatorWord(by=by or getpass.getuser(), why=why)

        async def say(pool: Pool) -> str:
            async with announced(pool, Act(os_user(), f"broadcasts.{operation}", f"broadcast {broadcast_id}")):
                return await _desk(pool).act(broadcast_id, operation, word, datetime.now(UTC))

        stands = on_database(say)
        if as_json:
            print_json({"broadcast_id": broadcast_id, "operation": operation, "detail": stands})
        else:
            typer.echo(f"{broadcast_id}: {stands}")

    command.__doc__ = (
        f"{does}\n\nExample: fermata broadcast {operation} 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --why 'a wrong price'"
    )
    return command


for _operation, _does in (
    (BroadcastOperation.PAUSE, "Hold a broadcast: the page that is under way enters, and nobody after it."),
    (BroadcastOperation.RESUME, "Let a paused broadcast go on where it was held."),
    (BroadcastOperation.CANCEL, "End a broadcast: whoever has not entered will not. Whoever has goes on."),
):
    app.command(_operation.value)(_command(_operation, _does))


def _launch(
    name: str,
    at: str | None,
    local_time: str | None,
    rate: str | None,
    holdout: float | None,
    properties: list[str] | None,
    **said: str,
) -> Launch:
    return Launch(
        name=name,
        at=instant_of(at),
        local_time=local_time_of(local_time),
        rate=rate_of(rate),
        holdout=holdout,
        properties=properties_of(properties or []),
        **said,
    )


async def _count(desk: BroadcastDesk, launch: Launch) -> Preview:
    """Counts, and shows on a terminal that it does: a million people take a while."""
    with Console(stderr=True).status(f"Counting whom {launch.name} is for"):
        return await desk.preview(launch, datetime.now(UTC))


def _desk(pool: Pool) -> BroadcastDesk:
    packages = read_settings().journeys
    return BroadcastDesk(pool, discover(packages), declared_broadcasts(packages), connect)
