"""Rows of a page under their heading, a little to the right; what has no rows has no heading."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

Row = tuple[str | Text, ...]


def section(heading: str, rows: Iterable[Row]) -> Iterator[RenderableType]:
    """A heading and what stands under it; nothing where that is nothing.

    Args:
        heading: Its words.
        rows: As of ``indented``.
    """
    lines = list(rows)
    if lines:
        yield Text()
        yield Text(heading, "bold")
        yield indented(lines)


def indented(rows: Iterable[Row]) -> Padding:
    """Rows whose cells stand below each other.

    Args:
        rows: All of as many cells; nothing in a plain one is taken for a style.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return Padding(table, (0, 0, 0, 2))
