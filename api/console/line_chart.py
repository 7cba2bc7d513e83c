"""A chart of lines over whole numbers, with its axes named: how shares go on month by month. SVG, made here."""

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 46
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)

Line = Sequence[float | None]


def line_chart(strong: Line, faint: Sequence[Line], across: str, up: str) -> Markup:
    """Draws shares by their place: one line that is told apart, and others that stand behind it.

    Args:
        strong: The line that the chart is about; its first point stands at 1.
        faint: The others.
        across, up: What the axes show.
    """
    places = max((len(line) for line in (strong, *faint)), default=0)
    step = _step(max((value for line in (strong, *faint) for value in line if value is not None), default=0.0))
    most = step * 4
    parts = [
        *(_level(step * number, most) for number in range(5)),
        *(_place(at, places) for at in range(1, places + 1)),
    ]
    parts += [_path(line, places, most, "faint") for line in faint]
    parts.append(_path(strong, places, most, "strong"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return Markup(
        '<svg class="lines" viewBox="0 0 {} {}" role="img" aria-label="{}, {}; the table says the same in numbers">'
        '{}<text class="name" x="{:.0f}" y="{}" text-anchor="middle">{}</text>'
        '<text class="name" transform="translate(13 {:.0f}) rotate(-90)" text-anchor="middle">{}</text></svg>'
    ).format(
        _WIDTH, _HEIGHT, up, across, Markup("").join(parts), middle, _HEIGHT - 6, across, (_HEIGHT - _BOTTOM) / 2, up
    )


def _step(most: float) -> float:
    """The smallest round step of which four hold all that is shown."""
    return next((step for step in _STEPS if step * 4 >= most), _STEPS[-1])


def _x(at: int, places: int) -> float:
    wide = _WIDTH - _LEFT - _RIGHT
    return _LEFT + (wide * (at - 0.5) / places if places else 0.0)


def _y(value: float, most: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / most)


def _level(value: float, most: float) -> Markup:
    y = _y(value, most)
    return Markup(
        '<line class="level" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text x="{}" y="{:.1f}" text-anchor="end">{:.0f} %</text>'
    ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 7, y + 4, value * 100)


def _place(at: int, places: int) -> Markup:
    return Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
        _x(at, places), _HEIGHT - _BOTTOM + 18, at
    )


def _path(line: Line, places: int, most: float, kind: str) -> Markup:
    points = [(_x(at, places), _y(value, most)) for at, value in enumerate(line, 1) if value is not None]
    if len(points) == 1:
        return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(kind, *points[0])
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(*point) for point in points]
    return Markup('<g class="{}"><polyline points="{}"/>{}</g>').format(
        kind, drawn, Markup("").join(dots) if kind == "strong" else ""
    )
