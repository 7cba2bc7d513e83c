"""A person, told to a person: who they are, how they can be reached, what waits for them, and what happened lately."""

from collections.abc import Iterable, Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from cli.profile.doings import doings
from cli.profile.facts import journeys, known_as, preferences, traits, where
from cli.profile.lately import lately
from cli.profile.reach import reach, reached, waiting
from cli.profile.wall_clock import clock_of
from fermata.view import ProfileView, TimelineEntry
from fermata.wording import counted

Row = tuple[str | Text, ...]


class Portrait:
    """A person, for a console of any width from 80 columns on.

    Args:
        view: All that is known of them.
        entries: The newest of their timeline.
    """

    def __init__(self, view: ProfileView, entries: tuple[TimelineEntry, ...]) -> None:
        self._view = view
        self._entries = entries

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        view = self._view
        yield Text(self._heading(), style="bold")
        yield Text(f"profile {view.id}", style="dim")
        for line in self._notes():
            yield Text(line, style="yellow")
        zone = view.place.time_zone
        yield from _section("Known as", _pairs(known_as(view)))
        yield from _section("Where", _pairs(where(view)))
        yield from _section("How to reach them", _rows(reach(view)))
        yield from _section("What they asked for", _pairs(preferences(view)))
        yield from _section("Traits", _pairs(traits(view)))
        yield from _section("What they do", _pairs(doings(view)))
        yield from _section("Journeys", _rows(journeys(view)))
        yield from _section("What waits", _rows(waiting(view)))
        yield from _section("Reached within seven days", _rows(reached(view)))
        heading = f"Lately, on the clock of {zone}" if zone else "Lately, in UTC: their time zone is not known"
        yield from _section(heading, _rows(lately(self._entries, clock_of(view))))

    def _heading(self) -> str:
        view = self._view
        names = [str(view.traits[trait]) for trait in ("first_name", "last_name") if view.traits.get(trait)]
        who = " ".join(names) or str(view.traits.get("name") or "Somebody without a name")
        return f"{who}, known since {utc_text(view.created_at)}"

    def _notes(self) -> Iterator[str]:
        view = self._view
        if view.asked_for is not None:
            yield f"{view.asked_for} became part of this profile."
        if view.merges:
            others = counted(len(view.merges), "other profile became", "other profiles became")
            yield f"{others} part of it, the latest {utc_text(view.merges[0].merged_at)}."


def _section(heading: str, body: Table) -> Iterator[RenderableType]:
    if body.row_count:
        inside = Group(Text(heading, style="bold cyan"), Padding(body, (0, 0, 0, 2), expand=False))
        yield Padding(inside, (1, 0, 0, 0), expand=False)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim", min_width=12)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, Text(value))
    return table


def _rows(rows: Iterable[Row]) -> Table:
    """A table whose last column takes what is left of the line."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        while len(table.columns) < len(row):
            table.add_column(overflow="fold")
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    for column in table.columns[:-1]:
        column.no_wrap = True
    return table
