"""``fermata analytics next-best-actions``: what was chosen to come next, and what it brought."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fermata.analytics.answers import NextActions
from fermata.analytics.next_actions_on_record import ActionOnRecord


def show_next_actions(found: NextActions) -> None:
    """Prints what was chosen.

    Args:
        found: It.
    """
    console = Console(highlight=False)
    if not found.actions:
        console.print("Nothing was chosen in that time.")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("journey")
    table.add_column("action", style="bold")
    for name in ("chosen", "people", "held out"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what it brought", overflow="fold")
    for each in found.actions:
        counts = (f"{each.times:,}", f"{each.people:,}", f"{each.held_out:,}")
        table.add_row(Text(each.journey), Text(each.action or "none"), *counts, Text(_brought(each)))
    console.print(table)


def _brought(each: ActionOnRecord) -> str:
    if each.effect is None:
        return each.no_effect or ""
    points = each.effect.lift.absolute
    low, high = (f"{value * 100:+.2f}" for value in (points.low, points.high))
    return f"{points.value * 100:+.2f} points, between {low} and {high} (p = {points.p_value:.2g})"
