"""``fermata bench``: runs benchmarks one after another, and shows what they found."""

import asyncio
import logging
from functools import partial
from typing import Annotated

import structlog
import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

from cli.bench.display import shown
from cli.bench.findings import Findings
from cli.bench.machine import Machine, this_machine
from cli.bench.pairs import Tell
from cli.bench.report import BenchReport
from cli.bench.sizes import Sizes
from cli.bench.suite import ONLY_BY_NAME, SUITE
from cli.json_output import print_json
from cli.stack.signals import unless_signalled

_NAMES = ", ".join(SUITE)


class BenchDocument(BaseModel):
    """What ``--json`` prints.

    Args:
        machine: What the benchmarks ran on.
        sizes: How much they measured.
        benchmarks: What each found, in order.
    """

    model_config = ConfigDict(frozen=True)

    machine: Machine
    sizes: Sizes
    benchmarks: tuple[Findings, ...]


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help=f"Of {_NAMES}; all but soak without any.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    pairs: Annotated[int, typer.Option(min=1, help="Measurements of baseline and ours, A B B A; 5 or more.")] = 6,
    seconds: Annotated[float, typer.Option(min=0.01, help="How long one measurement of a rate lasts.")] = 1.0,
    lines: Annotated[int, typer.Option(min=10, help="decide: how many cases the command gets at once.")] = 20_000,
    rows: Annotated[
        int, typer.Option(min=2_000, help="ledger, ingest, routing, paths, console: rows of others, events, people.")
    ] = 1_000_000,
    messages: Annotated[int, typer.Option(min=20, help="herd: how many messages fall due at once.")] = 2_000,
    limit: Annotated[int, typer.Option(min=1, help="herd: how many the provider takes in a second.")] = 200,
    runs: Annotated[int, typer.Option(min=1, help="journeys: how many are on their way at once.")] = 100,
    cached: Annotated[
        int, typer.Option(min=30, max=1000, help="memory: runs in a worker's memory; ten times as many in all.")
    ] = 1000,
    minutes: Annotated[float, typer.Option(min=0.05, help="soak: how long.")] = 60.0,
    rate: Annotated[float, typer.Option(min=0, help="soak: events a second; 0 for 80 % of what can be done.")] = 0.0,
) -> None:
    """Measure what Fermata costs, each figure beside a baseline of the same run.

    All figures are ratios: the median of interleaved pairs, with its spread. The
    servers are its own, on throw-away files; yours are not touched. Nothing here
    passes or fails: the exit status says only whether it could be measured.

    Example: fermata bench decide

    Example: fermata bench ledger ingest --pairs 10 --json > found.json

    Example: fermata bench decide --lines 1000000 --pairs 1

    Example: fermata bench herd --messages 10000 --limit 200

    Example: fermata bench soak --minutes 60
    """
    wanted = list(dict.fromkeys(names or (name for name in SUITE if name not in ONLY_BY_NAME)))
    for name in wanted:
        if name not in SUITE:
            raise typer.BadParameter(f"no benchmark is named {name!r}; there are {_NAMES}", param_hint="NAME")
    sizes = Sizes(
        pairs=pairs,
        seconds=seconds,
        lines=lines,
        rows=rows,
        messages=messages,
        limit=limit,
        runs=runs,
        cached=cached,
        minutes=minutes,
        rate=rate,
    )
    # What Temporal's own code logs would stand between the figures, on stdout.
    quiet = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="off")))
    Runtime.set_default(quiet, error_if_already_set=False)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # and what ours logs
    found: list[Findings] = []
    if not asyncio.run(unless_signalled(_run(wanted, sizes, found))):
        raise KeyboardInterrupt
    machine = this_machine()
    if as_json:
        print_json(BenchDocument(machine=machine, sizes=sizes, benchmarks=tuple(found)))
    else:
        Console(highlight=False).print(BenchReport(found, machine))


async def _run(names: list[str], sizes: Sizes, found: list[Findings]) -> None:
    with shown(Console(stderr=True)) as tell:
        for name in names:
            told = partial(_tell, tell, name)
            found.append(await SUITE[name](sizes, told))


def _tell(tell: Tell, name: str, what: str, done: int, of: int) -> None:
    tell(f"{name}: {what}", done, of)
