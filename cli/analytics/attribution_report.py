"""``fermata analytics attribution``: which channels the conversions are owed to, by each model, side by side."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from fermata.analytics.answers import Attributed
from fermata.analytics.asked import AttributionAsked
from fermata.analytics.attribution import Model


def show_attribution(asked: AttributionAsked, found: Attributed) -> None:
    """Prints the credits of every channel.

    Args:
        asked: The question.
        found: Its answer.
    """
    console = Console(highlight=False)
    heading = (
        f"{found.conversions:,} of {found.walks:,} walks that ended from {utc_text(asked.since)} to "
        f"{utc_text(asked.until)} came to {asked.conversion!r}. Their parts, in conversions:"
    )
    console.print(Text(heading))
    if found.conversions:
        console.print(_table(found))


def _table(found: Attributed) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("channel", style="bold")
    for model in Model:
        table.add_column(model.value.replace("_", " "), justify="right")
    table.add_column("removal effect", justify="right")
    for channel, credit in found.models[Model.MARKOV].items():
        parts = (found.models[model].get(channel) for model in Model)
        cells = (f"{part.conversions:,.1f}" if part is not None else "0.0" for part in parts)
        table.add_row(channel.replace("_", " "), *cells, f"{credit.removal_effect:.1%}")
    return table
