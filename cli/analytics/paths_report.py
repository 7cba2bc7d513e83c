"""``fermata analytics paths``: what people did before an outcome, and how much more often it follows than elsewhere."""

from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.analytics.paths import RANKING, Path, PathCount
from fermata.analytics.paths_on_record import count_paths
from fermata.database import Pool
from fermata.wording import span


def show_paths(
    outcome: str,
    since: datetime,
    until: datetime,
    horizon: timedelta,
    *,
    longest: int,
    order: str,
    fewest: int,
    limit: int,
    as_json: bool,
) -> None:
    """Prints paths.

    Args:
        outcome: The event that they may lead to.
        since, until: When it happened.
        horizon: How long after a path the outcome counts.
        longest: Steps of the longest path; 1 for single events, the micro-conversions.
        order: What comes first: a key of ``RANKING``.
        fewest: People who must have walked one.
        limit: How many are shown.
        as_json: Whether to print one JSON document instead.

    Raises:
        NothingToMeasure: The time is shorter than the horizon.
    """

    async def read(pool: Pool) -> PathCount:
        return await count_paths(pool, outcome, since, until, horizon=horizon, longest=longest)

    count = on_database(read)
    found = sorted(count.paths(fewest), key=RANKING[order])
    if as_json:
        print_json({"outcome": outcome, "people": count.people, "looked_at": len(found), "paths": found[:limit]})
        return
    console = Console(highlight=False)
    console.print(
        f"{count.people:,} people from {utc_text(since)} to {utc_text(until)}; who came to {outcome!r} within "
        f"{span(horizon)} after a path, beside all others as long. {len(found):,} paths of {fewest} people or more."
    )
    if found:
        console.print(_table(found[:limit]))
        console.print(
            "p is the chance that it is noise, with a correction for all paths that were looked at.", style="dim"
        )


def _table(found: list[Path]) -> Table:
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
