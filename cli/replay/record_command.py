"""``fermata record``: adds runs of a server to the replay tests, with nobody in them; and writes fingerprints."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError

from cli.database import on_database
from cli.json_output import print_json
from cli.replay.bar import Told, telling
from fermata.database import Pool
from fermata.errors import NotFound
from fermata.runs import read_run
from fermata.settings import read_settings
from fermata.wording import counted
from worker.replay.fingerprints import write_fingerprints
from worker.replay.opened import fetch_opened
from worker.replay.recorded import HISTORIES
from worker.replay.recording import Recorded, Recorder
from worker.replay.sampling import Wanted, fetch, sample
from worker.temporal import connect
from workflows.discovery import Journeys, discover

_TO = Path("tests/replay") / HISTORIES
_LOOK_BACK = timedelta(days=30)  # a run that ended before has often gone from the server
_CALL = timedelta(seconds=30)


def record(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN", help="Ids of runs, or of their workflows in Temporal.")
    ] = None,
    journey: Annotated[list[str] | None, typer.Option(help="Runs of this journey; may be given again.")] = None,
    query: Annotated[str | None, typer.Option(help="Runs that a list filter of Temporal finds.")] = None,
    to: Annotated[Path, typer.Option(help="The folder that they are written to.")] = _TO,
    name: Annotated[str | None, typer.Option(help="Of the file, for one RUN; made of its end without.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A text that may stay; may be given again.")] = None,
    each: Annotated[int, typer.Option(min=1, help="How many to look at that stand at one step.")] = 5,
    limit: Annotated[int, typer.Option(min=1, help="How many to look at altogether.")] = 100,
    fingerprints: Annotated[bool, typer.Option("--fingerprints", help="Write the journeys' fingerprints.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where runs in flight would break.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Record runs for the replay tests, with nobody in them: a run for each way through a journey that is new.

    Texts that are not the journey's own, large numbers and names of workers are replaced, and ids by others, one for
    one. It is written only if it still replays then; read it before you commit it all the same.

    Example: fermata record 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --name refused_then_email

    Example: fermata record --journey cart_recovery

    Example: fermata record --fingerprints
    """
    _check(runs or [], journey or [], query, name, fingerprints=fingerprints)
    journeys = discover(read_settings().journeys)
    if fingerprints:
        _write(to.parent if to.name == HISTORIES else to, journeys, anyway=anyway, as_json=as_json)
        return
    recorder = Recorder(to, journeys, tuple(keep or ()))
    logging.getLogger("temporalio").addHandler(logging.NullHandler())  # what fails is told below, in our own words
    with telling() as told:
        if runs:
            places = [_place(run) for run in runs]
            recorded = asyncio.run(_named(places, recorder, name, told))
        else:
            since = datetime.now(UTC) - _LOOK_BACK
            wanted = Wanted(since, tuple(journey or ()), query, each=each, limit=limit)
            recorded = asyncio.run(_sampled(wanted, recorder, told))
    _tell(recorded, as_json=as_json)


def _check(runs: list[str], journey: list[str], query: str | None, name: str | None, *, fingerprints: bool) -> None:
    ways = [bool(runs), bool(journey) or query is not None, fingerprints]
    if sum(ways) != 1:
        raise typer.BadParameter("give RUNs, or --journey and --query, or --fingerprints")
    if name is not None and len(runs) != 1:
        raise typer.BadParameter("--name is for one RUN")


_Place = tuple[str, str | None]
"""The id of a workflow, and of its first execution where the ledger knows it."""


def _place(run: str) -> _Place:
    """Where a run is in Temporal."""
    try:
        run_id = UUID(run)
    except ValueError:
        return run, None

    async def look(pool: Pool) -> _Place:
        found = await read_run(pool, run_id)
        return found.workflow_id, found.temporal_run_id

    return on_database(look)


async def _named(places: list[_Place], recorder: Recorder, name: str | None, told: Told) -> list[Recorded]:
    client = await connect()
    told.chosen(len(places))
    return await _gathered(recorder.record(_histories(client, places), name), told)


async def _histories(client: Client, places: list[_Place]) -> AsyncIterator[WorkflowHistory]:
    for workflow_id, run_id in places:
        try:
            yield await fetch_opened(client, workflow_id, run_id, within=_CALL)
        except RPCError as error:
            raise NotFound(
                f"Temporal has no run {workflow_id!r} ({error.message}); is it past its retention?"
            ) from None


async def _sampled(wanted: Wanted, recorder: Recorder, told: Told) -> list[Recorded]:
    client = await connect()
    chosen = await sample(client, wanted, told.seen)
    told.chosen(len(chosen.runs))
    return await _gathered(recorder.record(fetch(client, chosen.runs), None), told)


async def _gathered(recorded: AsyncIterator[Recorded], told: Told) -> list[Recorded]:
    all_ = []
    async for each in recorded:
        all_.append(each)
        told.through()
    return all_


def _tell(recorded: list[Recorded], *, as_json: bool) -> None:
    breaks = [each for each in recorded if each.result == "breaks"]
    if as_json:
        print_json({"runs": recorded})
    elif not recorded:
        typer.echo("There is no such run.")
    else:
        for each in recorded:
            if each.result == "recorded":
                typer.echo(
                    f"{each.file}: {counted(each.events, 'event')}, {each.size / 1024:.0f} KB; replaced {_out(each)}"
                )
        known = sum(each.result == "known" for each in recorded)
        if known:
            typer.echo(f"{counted(known, 'run')} went ways that are recorded already.")
        for each in breaks:
            typer.echo(f"{each.workflow_id} was not recorded: {each.why}")
    if breaks:
        typer.echo(f"fermata: {counted(len(breaks), 'run')} did not replay and were not recorded", err=True)
        raise typer.Exit(1)


def _out(recorded: Recorded) -> str:
    return ", ".join(
        (
            counted(recorded.ids, "id"),
            counted(recorded.texts, "text"),
            counted(recorded.numbers, "large number"),
            counted(recorded.workers, "name of a worker", "names of workers"),
        )
    )


def _write(folder: Path, journeys: Journeys, *, anyway: bool, as_json: bool) -> None:
    written, refused = write_fingerprints(folder, journeys, anyway=anyway)
    if as_json:
        print_json({"written": [str(path) for path in written], "refused": refused})
    else:
        for path in written:
            typer.echo(f"{path}: written")
        for difference in refused:
            typer.echo(str(difference))
        if not written and not refused:
            typer.echo("Every fingerprint is that of its journey.")
    if refused:
        names = ", ".join(each.journey for each in refused)
        typer.echo(f"fermata: {names}: not written, for runs in flight would break", err=True)
        raise typer.Exit(1)
