"""Runs a backtest on the database of this deployment, with a bar on a terminal, and prints what it found."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.backtest.report import BacktestReport
from cli.database import on_database
from cli.json_output import print_json
from fermata.ledger.backtest import backtest
from fermata.policy import read_document


def run_backtest(file: Path, since: datetime, *, as_json: bool) -> None:
    """Decides the recorded decisions again under a file's policy, on all the processors that this process may use.

    Args:
        file: TOML.
        since: From which instant on.
        as_json: Whether to print one JSON document instead of a report.
    """
    document = read_document(file)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with _bar(Console(stderr=True)) as progress:
        result = on_database(
            lambda pool: backtest(
                pool,
                document,
                since=since,
                until=datetime.now(UTC),
                processes=processors,
                source=str(file),
                progress=progress,
            )
        )
    if as_json:
        print_json(result)
    else:
        Console(highlight=False).print(BacktestReport(result, str(file)))


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Shows a bar as long as the block lasts, on a terminal, and yields what moves it."""
    bar = Progress(
        TextColumn("Deciding again"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
