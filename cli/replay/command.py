"""``fermata replay``: recorded runs, or those of a server, on the code here, before it is deployed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from temporalio.client import WorkflowHistory

from cli.instants import read_since
from cli.json_output import print_json
from cli.replay.bar import Told, telling
from cli.replay.report import Report, gather, show
from fermata.settings import read_settings
from fermata.wording import counted
from worker.replay.fingerprints import differences
from worker.replay.recorded import find_histories, read_history
from worker.replay.replaying import journey_of
from worker.replay.replaying import replay as replay_all
from worker.replay.sampling import Wanted, fetch, sample
from worker.temporal import connect
from workflows.discovery import Journeys, discover

_RECORDED = Path("tests/replay")

Journey = Annotated[list[str] | None, typer.Option(help="Only this journey; may be given again.")]
Since = Annotated[str, typer.Option(help="Runs that ended since then count too: P7D, or an instant with its offset.")]


def replay(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help=f"Files and folders of recorded runs; {_RECORDED} without."),
    ] = None,
    server: Annotated[bool, typer.Option("--server", help="Replay runs of the server at TEMPORAL_ADDRESS.")] = False,
    journey: Journey = None,
    query: Annotated[str | None, typer.Option(help="Only runs that a list filter of Temporal finds.")] = None,
    since: Since = "P7D",
    each: Annotated[int, typer.Option(min=1, help="How many that stand at one step of one journey.")] = 5,
    limit: Annotated[int, typer.Option(min=1, help="How many runs of the server at most.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Replay runs on the code here: would the runs in flight survive its deployment?

    Without --server it replays recorded runs, and compares the steps of each journey with its fingerprint. With it,
    it takes a few runs from each step of each journey, those under way first and the oldest among them.

    Where a run breaks, it says which journey, which event, what the code does there now, and what to write; the exit
    status is 1 then.

    Example: fermata replay

    Example: fermata replay --server --journey cart_recovery --limit 2000
    """
    if server and paths:
        raise typer.BadParameter("give paths of recorded runs, or --server")
    if query is not None and not server:
        raise typer.BadParameter("--query is for the runs of a --server")
    try:
        wanted = Wanted(read_since(since, datetime.now(UTC)), tuple(journey or ()), query, each=each, limit=limit)
    except ValueError as error:
        raise typer.BadParameter(f"--since: {error}") from None
    journeys = discover(read_settings().journeys)
    for name in wanted.journeys:
        journeys.registry[name]  # or it names those that there are
    logging.getLogger("temporalio").addHandler(logging.NullHandler())  # what fails is told below, in our own words
    with telling() as told:
        if server:
            report = asyncio.run(_of_server(wanted, journeys, told))
        else:
            report = asyncio.run(_recorded(paths or [_RECORDED], wanted.journeys, journeys, told))
    if as_json:
        print_json(report)
    else:
        console = Console(highlight=False)
        show(report, console)
        if report.problem is None:
            console.print(_all_well(report, server=server), soft_wrap=True)
    if report.problem is not None:
        typer.echo(f"fermata: {report.problem}", err=True)
        raise typer.Exit(1)


async def _of_server(wanted: Wanted, journeys: Journeys, told: Told) -> Report:
    client = await connect()
    chosen = await sample(client, wanted, told.seen)
    # A run that has ended needs its journey's code no more.
    runs = [run for run in chosen.runs if run.close_time is None or run.workflow_type in journeys.classes]
    told.chosen(len(runs))
    return await gather(replay_all(fetch(client, runs), journeys), chosen.seen, told.through)


async def _recorded(paths: list[Path], only: tuple[str, ...], journeys: Journeys, told: Told) -> Report:
    histories = [read_history(file) for file in find_histories(paths)]
    wanted = [history for history in histories if not only or journey_of(history) in only]
    told.chosen(len(wanted))
    report = await gather(replay_all(_each(wanted), journeys), len(wanted), told.through)
    different = (each for path in paths if path.is_dir() for each in differences(path, journeys))
    return report.model_copy(
        update={"fingerprints": tuple(each for each in different if not only or each.journey in only)}
    )


async def _each(histories: list[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


def _all_well(report: Report, *, server: bool) -> str:
    if not report.replayed:
        return "There is no such run." if server else "No recorded run is of that journey."
    chosen = f", chosen of {report.seen:,}," if report.seen > report.replayed else ""
    verb = "replays" if report.replayed == 1 else "replay"
    steps = "" if server else "; the steps of every journey are those of its fingerprint"
    return f"{counted(report.replayed, 'run')}{chosen} {verb} on the code here{steps}."
