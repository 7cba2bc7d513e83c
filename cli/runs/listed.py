"""Runs, each in a line."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from fermata.runs import RunState, RunSummary

STYLES = {
    RunState.ACTIVE: "cyan",
    RunState.CONVERTED: "green",
    RunState.FAILED: "red",
    RunState.TERMINATED: "red",
    RunState.HOLDOUT: "dim",
}


def table(runs: Iterable[RunSummary]) -> Table:
    """The runs as a table: id, journey, state with its reason, and since when (UTC).

    Args:
        runs: The newest first.
    """
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    shown.add_column("run", no_wrap=True)
    shown.add_column("journey", overflow="fold")
    shown.add_column("since (UTC)", no_wrap=True)
    shown.add_column("state", overflow="ellipsis", no_wrap=True)  # `fermata runs show` has the whole of it
    for run in runs:
        why = f": {run.reason}" if run.reason else ""
        state = Text.assemble((run.state.value, STYLES.get(run.state, "")), (why, "dim"))
        name = f"{run.journey} {run.key}".rstrip()
        shown.add_row(str(run.id), Text(name), f"{run.started_at:%m-%d %H:%M}", state)
    return shown
