"""``fermata analytics attribution``: which channels the conversions are owed to, by each model, side by side."""

from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.analytics.attribution import Attribution, Model
from fermata.analytics.walks import attribute
from fermata.database import Pool


def show_attribution(
    conversion: str, since: datetime, until: datetime, lookback: timedelta, half_life: timedelta, *, as_json: bool
) -> None:
    """Prints the credits of every channel.

    Args:
        conversion: The name of the event.
        since, until: When the walks ended.
        lookback: How long before the end a touch may be.
        half_life: For time decay.
        as_json: Whether to print one JSON document instead.

    Raises:
        NothingToMeasure: The times are the wrong way round.
    """

    async def read(pool: Pool) -> tuple[Attribution, str | None]:
        return await attribute(pool, conversion, since, until, lookback=lookback, half_life=half_life)

    found, currency = on_database(read)
    by_model = {model.value: found.credits(model) for model in Model}
    if as_json:
        counted = {"walks": found.walks, "conversions": found.conversions, "currency": currency}
        print_json({**counted, "models": by_model})
        return
    console = Console(highlight=False)
    console.print(
        f"{found.conversions:,} of {found.walks:,} walks that ended from {utc_text(since)} to {utc_text(until)} "
        f"came to {conversion!r}. Their parts, in conversions:"
    )
    if found.conversions:
        console.print(_table(found))


def _table(found: Attribution) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("channel", style="bold")
    for model in Model:
        table.add_column(model.value.replace("_", " "), justify="right")
    table.add_column("removal effect", justify="right")
    by_removal = found.credits(Model.MARKOV)
    for channel, credit in by_removal.items():
        parts = (found.credits(model).get(channel) for model in Model)
        cells = (f"{part.conversions:,.1f}" if part is not None else "0.0" for part in parts)
        table.add_row(channel.replace("_", " "), *cells, f"{credit.removal_effect:.1%}")
    return table
