"""``fermata simulate``: a journey on skipped time, with nobody to send to, told as a timeline or as a distribution."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

from cli.instants import read_duration
from cli.json_output import print_json
from cli.quiet_logs import log_troubles_only
from cli.simulate.crowd import MOST, make_crowd
from cli.simulate.display import Progressing, progressing
from cli.simulate.distribution import simulate_many
from cli.simulate.distribution_table import DistributionTable
from cli.simulate.one_person import Simulation, simulate_one
from cli.simulate.servers import simulation_servers
from cli.simulate.setting import Setting, read_setting
from cli.simulate.stage import Stage, open_stage
from cli.simulate.timeline import Timeline
from cli.stack.signals import unless_signalled
from fermata.events.instant import to_instant
from fermata.settings import read_settings
from fermata.wording import counted

_LONGEST = timedelta(days=3660)


def simulate(
    journey: Annotated[str, typer.Argument(help="Its name; fermata journeys list shows all.")],
    events: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What is done: events in the Segment spec. Default: the trigger alone."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When it begins: 2026-03-04T18:30:00Z. Default: now.")
    ] = None,
    length: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="How long: P30D. Default: until all is over.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who does it: an identify call, or its traits, in JSON.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decide under this policy. Default: the one that ships.")
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option("--with", metavar="JOURNEY", help="Run this journey beside it; may be repeated.")
    ] = None,
    many: Annotated[
        int | None,
        typer.Option(
            "--profiles", "--many", min=1, max=MOST, metavar="N", help="Make up N people, and show what comes of all."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --profiles: the same seed makes up the same people.")] = 1,
    full: Annotated[bool, typer.Option("--full", help="Show every word of what would have gone out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Run a journey on skipped time: what it would decide and send, and when. Nothing leaves this machine.

    The workflow, the policy, the ledger and the templates are the real ones; weeks take a second.

    Example: fermata simulate cart_recovery

    Example: fermata simulate browse_abandonment --events events.ndjson --start 2026-03-07T22:30:00Z

    Example: fermata simulate cart_recovery --profiles 200
    """
    setting = read_setting(
        read_settings(),
        journey,
        also=also or (),
        events=events,
        profile=profile,
        policy=policy,
        start=_instant(start) if start is not None else None,
        length=_duration(length) if length is not None else None,
        now=datetime.now(UTC),
    )
    if many is not None and profile is not None:
        raise typer.BadParameter("--profiles makes people up, and --profile describes one; leave one of them out")
    log_troubles_only()
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)  # a fault in a journey is told once, by us
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="off"))))
    work = _one(setting, full=full, as_json=as_json) if many is None else _many(setting, many, seed, as_json=as_json)
    if not asyncio.run(unless_signalled(work)):
        raise KeyboardInterrupt


def _instant(text: str) -> datetime:
    try:
        return to_instant(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--start") from None


def _duration(text: str) -> timedelta:
    try:
        length = read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from None
    if not timedelta(0) < length <= _LONGEST:
        raise typer.BadParameter(f"{text} is out of range; give at most ten years", param_hint="--for")
    return length


async def _one(setting: Setting, *, full: bool, as_json: bool) -> None:
    with progressing(Console(stderr=True)) as progress:
        async with _stage(setting, progress) as stage:
            progress.tell("Time passes")
            found = await simulate_one(stage, setting)
    if as_json:
        print_json(found)
        return
    console = _console()
    console.print(_heading(found), soft_wrap=True)
    console.print(Timeline(found.timeline, full=full))
    sent = sum(found.sent.values())
    console.print(f"\n{_pace(found.end - found.start, found.seconds)} {_not_sent(sent)}")
    _tell_notes(console, found.notes)


async def _many(setting: Setting, number: int, seed: int, *, as_json: bool) -> None:
    definition = setting.journeys.registry[setting.journey]
    crowd = make_crowd(number, seed, setting.start, definition, None if setting.made_up else setting.calls)
    with progressing(Console(stderr=True)) as progress:
        async with _stage(setting, progress, everybody=False) as stage:
            advance = progress.tell("People live", total=len(crowd))
            found = await simulate_many(stage, setting, crowd, seed, advance)
    if as_json:
        print_json(found)
        return
    console = _console()
    console.print(DistributionTable(found))
    console.print(f"\n{_pace(found.simulated, found.seconds)} Nothing left this machine.")
    _tell_notes(console, (*found.notes, f"seed {seed}: the same people again with --seed {seed} and --start"))


@asynccontextmanager
async def _stage(setting: Setting, progress: Progressing, *, everybody: bool = True) -> AsyncIterator[Stage]:
    """Servers and all of it, for as long as the block lasts."""
    async with (
        simulation_servers() as servers,
        servers.pool() as pool,
        open_stage(
            servers.temporal_address,
            pool,
            journeys=setting.journeys,
            policy=setting.policy,
            site=setting.site,
            verbs=setting.verbs,
            most_runs=setting.settings.most_runs_per_profile,
            holdout=None if everybody else setting.settings.holdout,
        ) as stage,
    ):
        yield stage
    progress.tell("Stopping")


def _heading(found: Simulation) -> Text:
    clock = found.time_zone or "UTC, as their time zone is not known"
    return Text.assemble((found.journey, "bold"), f" on the clock of {clock}")


def _pace(simulated: timedelta, seconds: float) -> str:
    if not simulated:
        return "No time has passed."
    days = simulated / timedelta(days=1)
    shown = f"{days:,.0f}" if days >= 10 else f"{days:.1f}".removesuffix(".0")
    return f"{shown} {'day' if shown == '1' else 'days'} in {seconds:.2f} s."


def _not_sent(messages: int) -> str:
    """That nothing went out."""
    if messages == 0:
        return "No message would have gone out."
    return f"{counted(messages, 'message')} would have gone out; nothing left this machine."


def _tell_notes(console: Console, notes: tuple[str, ...]) -> None:
    for note in notes:
        console.print(Text(f"- {note}", style="dim"), soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False)
