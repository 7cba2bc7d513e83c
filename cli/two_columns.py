"""A page of names and what stands behind them."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text


def two_columns(lines: Iterable[tuple[str, str | Text]]) -> Table:
    """Lays out names on the left, and beside them words that may take several lines.

    Args:
        lines: Each name with its words; nothing in them is taken for a style.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, words in lines:
        table.add_row(Text(name), Text(words) if isinstance(words, str) else words)
    return table
