"""``fermata analytics paths``: what people did before an outcome, and how much more often it follows than elsewhere."""

from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from fermata.analytics.answers import Paths
from fermata.analytics.asked import PathsAsked
from fermata.analytics.paths import Path
from fermata.wording import span


def show_paths(asked: PathsAsked, found: Paths) -> None:
    """Prints paths.

    Args:
        asked: The question.
        found: Its answer.
    """
    console = Console(highlight=False)
    heading = (
        f"{found.people:,} people from {utc_text(asked.since)} to {utc_text(asked.until)}; who came to "
        f"{asked.outcome!r} within {span(asked.horizon)} after a path, beside all others as long. "
        f"{found.looked_at:,} paths of {asked.fewest} people or more."
    )
    console.print(Text(heading))
    if found.paths:
        console.print(_table(found.paths))
        console.print(
            "p is the chance that it is noise, with a correction for all paths that were looked at.", style="dim"
        )


def _table(found: Sequence[Path]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("path", overflow="fold")
    for name in ("people", "came to it", "others", "lift", "between", "p", "after"):
        table.add_column(name, justify="right", no_wrap=True)
    for path in found:
        table.add_row(
            Text(" → ".join(path.steps), "bold" if path.is_clear else ""),
            f"{path.people:,}",
            f"{path.rate:.1%}",
            f"{path.others:.1%}",
            f"{path.lift:.2f}" if path.lift is not None else "–",
            f"{path.low:.2f} and {path.high:.2f}" if path.low is not None else "–",
            f"{path.adjusted:.2g}",
            span(timedelta(seconds=round(path.seconds))) if path.seconds is not None else "–",
        )
    return table
