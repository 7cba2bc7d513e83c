"""The measures of a drawn map: where boxes lie on paper, and how the ways between them run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fermata.journeys.map import Way
from fermata.journeys.map_layout import Layout

WIDTH, HEIGHT = 216, 66
"""Of a box, in pixels."""
TOP = 84
"""Where the first row begins; above it stands the title."""

_GAP_X, _GAP_Y = 44, 54
_EDGE = 40
_LANE = 14  # between two ways that run side by side
_LABEL = 108  # for what stands beside a way that leaves a box on its side
_LEAVES, _ARRIVES = 0.64, 0.32  # how far down the side of a box, so that both have room
_SHORT, _LONG = 18, 34  # characters of such a label, and of one below a box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A way on paper.

    Args:
        way: Which.
        path: As SVG has it.
        label_at: Where its label stands.
        anchor: How the label stands there: ``middle``, ``start`` or ``end``.
        longest: How many characters it may have.
    """

    way: Way
    path: str
    label_at: Point
    anchor: str
    longest: int


class Paper:
    """A sheet that a map fits on.

    Args:
        layout: The places of its steps.
        ways: Between them; those that may be gone at any time are not drawn.
    """

    def __init__(self, layout: Layout, ways: Sequence[Way]) -> None:
        self.layout = layout
        drawn = [way for way in ways if not way.at_any_time]
        self._straight = [way for way in drawn if not way.back and self._rows(way) == 1]
        self._past = [way for way in drawn if not way.back and self._rows(way) != 1]
        self._back = [way for way in drawn if way.back]
        self.left = _EDGE + (_LABEL + _LANE * len(self._back) if self._back else 0)
        columns = layout.columns * (WIDTH + _GAP_X)
        beside = _LABEL + _LANE * len(self._past) if self._past else 0
        self.aside = self.left + columns + beside
        self.width = self.aside + WIDTH + _EDGE if layout.aside else self.aside + _EDGE
        aside_rows = len(layout.aside) * (HEIGHT + _GAP_Y // 2) + _EDGE
        self.height = TOP + max(layout.rows * (HEIGHT + _GAP_Y), aside_rows) + _EDGE // 2

    def corner(self, step: str) -> Point:
        """The upper left corner of a step's box."""
        row, column = self.layout.places[step]
        return self.left + column * (WIDTH + _GAP_X), TOP + row * (HEIGHT + _GAP_Y)

    def aside_corner(self, number: int) -> Point:
        """That of an end that a run may come to at any time."""
        return self.aside, TOP + 28 + number * (HEIGHT + _GAP_Y // 2)

    def lines(self) -> Iterator[Line]:
        """The ways, as they run."""
        for way in self._straight:
            yield self._down(way)
        for lane, way in enumerate(self._past):
            yield self._around(way, lane, side=1)
        for lane, way in enumerate(self._back):
            yield self._around(way, lane, side=-1)

    def _rows(self, way: Way) -> int:
        return self.layout.places[way.target][0] - self.layout.places[way.source][0]

    def _down(self, way: Way) -> Line:
        (x, y), (to_x, to_y) = self.corner(way.source), self.corner(way.target)
        x, to_x, y = x + WIDTH / 2, to_x + WIDTH / 2, y + HEIGHT
        bend = _GAP_Y / 2
        path = f"M{x:.1f},{y:.1f} C{x:.1f},{y + bend:.1f} {to_x:.1f},{to_y - bend:.1f} {to_x:.1f},{to_y:.1f}"
        return Line(way, path, ((x + to_x) / 2, (y + to_y) / 2 + 4), "middle", _LONG)

    def _around(self, way: Way, lane: int, *, side: int) -> Line:
        """A way over several rows runs past all boxes between: on the right of them, or back on the left."""
        (x, y), (to_x, to_y) = self.corner(way.source), self.corner(way.target)
        edge = WIDTH if side > 0 else 0
        x, to_x, y, to_y = x + edge, to_x + edge, y + HEIGHT * _LEAVES, to_y + HEIGHT * _ARRIVES
        out = self._clear(way, side) + side * (_GAP_X / 2 + lane * _LANE)
        turn = side * min(12.0, abs(out - x), abs(out - to_x))
        drop = 12 if to_y > y else -12
        path = (
            f"M{x:.1f},{y:.1f} H{out - turn:.1f} Q{out:.1f},{y:.1f} {out:.1f},{y + drop:.1f} "
            f"V{to_y - drop:.1f} Q{out:.1f},{to_y:.1f} {out - turn:.1f},{to_y:.1f} H{to_x:.1f}"
        )
        return Line(way, path, (x + side * 8, y - 6), "start" if side > 0 else "end", _SHORT)

    def _clear(self, way: Way, side: int) -> float:
        """How far out the boxes of the rows reach that a way runs past."""
        rows = sorted((self.layout.places[way.source][0], self.layout.places[way.target][0]))
        between = [step for step, (row, _) in self.layout.places.items() if rows[0] <= row <= rows[1]]
        corners = [self.corner(step)[0] for step in between]
        return max(corners) + WIDTH if side > 0 else min(corners)
