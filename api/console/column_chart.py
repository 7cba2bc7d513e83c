"""A chart of columns that stand side by side, with its axes named: how much falls into which hour. SVG, made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

_WIDTH, _HEIGHT = 860, 232
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 4, 12, 44
_LEVELS = 4
_PART = 0.7  # of its place that a column takes


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        label: What stands below it; empty for nothing.
        value: Its height.
        told: What pointing at it says.
    """

    label: str
    value: int
    told: str


def column_chart(columns: Sequence[Column], across: str, up: str, tone: str = "mark") -> Markup:
    """Draws columns from the left to the right, on a scale that begins at nothing.

    Args:
        columns: At least one.
        across, up: What the axes show.
        tone: The name of the columns' colour.
    """
    step = _round_step(max(column.value for column in columns))
    parts = [_level(step * number, step * _LEVELS) for number in range(_LEVELS + 1)]
    parts += [_column(at, column, len(columns), step * _LEVELS, tone) for at, column in enumerate(columns)]
    return Markup(
        '<svg class="columns" viewBox="0 0 {} {}" role="img" aria-label="{}, {}; the table says the same in numbers">'
        '{}<text class="name" x="{}" y="{}" text-anchor="middle">{}</text></svg>'
    ).format(_WIDTH, _HEIGHT, up, across, Markup("").join(parts), (_LEFT + _WIDTH - _RIGHT) // 2, _HEIGHT - 5, across)


def _round_step(most: int) -> int:
    """The smallest step that people say, 1, 2, 5, 10, 20 and so on, of which the levels hold all that is shown."""
    steps = (leading * int(10**tens) for tens in count() for leading in (1, 2, 5))
    return next(step for step in steps if step * _LEVELS >= most)


def _y(value: float, most: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / most)


def _level(value: int, most: int) -> Markup:
    y = _y(value, most)
    return Markup(
        '<line class="level" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text x="{}" y="{:.1f}" text-anchor="end">{:,}</text>'
    ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 9, y + 4, value)


def _column(at: int, column: Column, places: int, most: int, tone: str) -> Markup:
    place = (_WIDTH - _LEFT - _RIGHT) / places
    wide, x, y = place * _PART, _LEFT + place * (at + (1 - _PART) / 2), _y(column.value, most)
    tall = max(_HEIGHT - _BOTTOM - y, 1.5 if column.value else 0)
    label = (
        Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x + wide / 2, _HEIGHT - _BOTTOM + 18, column.label
        )
        if column.label
        else ""
    )
    return Markup(
        '<g class="{}"><title>{}</title><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>{}</g>'
    ).format(tone, column.told, x, _HEIGHT - _BOTTOM - tall, wide, tall, label)
