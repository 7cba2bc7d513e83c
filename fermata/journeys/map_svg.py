"""A journey's map as an SVG that stands by itself or in a page: light and dark, and nothing from elsewhere."""

import textwrap
from collections.abc import Iterator, Mapping
from html import escape

from fermata.journeys.map import JourneyMap, Step, StepKind
from fermata.journeys.map_layout import lay_out
from fermata.journeys.map_paper import HEIGHT, TOP, WIDTH, Line, Paper

_CHARACTERS = 30  # of a line in a box
_LINES = 3
_CHARACTERS_OF_NOTE = 32
_TITLE_WIDTH = 7.0  # of a character under the title, at most

_STYLE = """
  .map { --paper: #fbf8f3; --ink: #1f1b16; --quiet: #6b6257; --line: #b09a85; --box: #ffffff;
         --send: #f6e2d9; --send-line: #a83e1e; --goal: #e1eedd; --goal-line: #3d6b35; --unread: #fff3c4; }
  @media (prefers-color-scheme: dark) {
    .map { --paper: #171411; --ink: #f5efe7; --quiet: #bdb2a4; --line: #7d6c5c; --box: #231f1b;
           --send: #4a2b20; --send-line: #f0a184; --goal: #24361f; --goal-line: #9bc490; --unread: #4a3f10; }
  }
  .map .paper { fill: var(--paper); }
  .map text { font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
  .map .title { font-size: 17px; font-weight: 600; }
  .map .quiet, .map .when { fill: var(--quiet); font-size: 11.5px; }
  .map .when { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
  .map .note { font-weight: 600; font-size: 11.5px; }
  .map .box { fill: var(--box); stroke: var(--line); stroke-width: 1.4; }
  .map .send .box { fill: var(--send); stroke: var(--send-line); }
  .map .goal .box { fill: var(--goal); stroke: var(--goal-line); }
  .map .unread .box { fill: var(--unread); stroke-dasharray: 5 4; }
  .map .wait .box { stroke-dasharray: 2 3; }
  .map .way { fill: none; stroke: var(--line); stroke-width: 1.6; }
  .map .back { stroke-dasharray: 6 4; }
  .map .head { fill: var(--line); }
""".strip("\n")

_CLASSES: Mapping[StepKind, str] = {StepKind.HAND_OFF: "send"}
_ROUND = frozenset({StepKind.START, StepKind.END, StepKind.GOAL, StepKind.EXIT, StepKind.LIMIT})


def to_svg(drawn: JourneyMap, notes: Mapping[str, str] | None = None, *, name: str = "map") -> str:
    """Draws a map.

    Args:
        drawn: The map.
        notes: A line more for some of the steps, by their ids: counts, say.
        name: What its ids begin with: another one for each map that stands in one page.
    """
    paper, notes = Paper(lay_out(drawn), drawn.ways), notes or {}
    steps = {step.id: step for step in drawn.steps}
    body = [
        *(_way(line, name) for line in paper.lines()),
        *(_box(steps[step], *paper.corner(step), notes.get(step)) for step in paper.layout.places),
        *_aside(steps, paper, notes),
    ]
    said = f"{len(drawn.steps)} steps: " + "; ".join(step.label for step in drawn.steps)
    title = textwrap.shorten(drawn.title, int((paper.width - paper.left) / _TITLE_WIDTH), placeholder=" …")
    lines = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" aria-labelledby="{name}-title {name}-steps" '
        f'width="{paper.width}" height="{paper.height}" viewBox="0 0 {paper.width} {paper.height}">\n'
        f'<title id="{name}-title">{escape(drawn.title)}</title>\n<desc id="{name}-steps">{escape(said)}</desc>\n'
        f"<style>\n{_STYLE}\n</style>\n"
        f'<defs><marker id="{name}-head" markerWidth="6" markerHeight="6" refX="5.5" refY="3" orient="auto">'
        '<path class="head" d="M0,0 L6,3 L0,6 z"/></marker></defs>\n'
        f'<rect class="paper" width="{paper.width}" height="{paper.height}"/>\n'
        f'<text class="title" x="{paper.left}" y="36">{escape(drawn.journey)}</text>\n'
        f'<text class="quiet" x="{paper.left}" y="56">{escape(title)}</text>\n{lines}\n</svg>\n'
    )


def _box(step: Step, x: float, y: float, note: str | None) -> str:
    lines = textwrap.wrap(step.label, _CHARACTERS, max_lines=_LINES - (note is not None), placeholder=" …")
    radius = HEIGHT / 2 if step.kind in _ROUND else 4 if step.kind is StepKind.BRANCH else 12
    notes = _on_lines(note) if note is not None else []
    texts = [*((line, "") for line in lines), *((line, ' class="note"') for line in notes)]
    apart = 16 if len(texts) <= _LINES else 14.5
    first, middle = y + HEIGHT / 2 + 4.5 - apart / 2 * (len(texts) - 1), x + WIDTH / 2
    said = "".join(
        f'<text x="{middle:.1f}" y="{first + apart * index:.1f}" text-anchor="middle"{kind}>{escape(text)}</text>'
        for index, (text, kind) in enumerate(texts)
    )
    title = f"<title>{escape(step.label)} (line {step.line})</title>"
    return (
        f'<g class="{_CLASSES.get(step.kind, step.kind.value)}">{title}<rect class="box" x="{x:.1f}" y="{y:.1f}" '
        f'width="{WIDTH}" height="{HEIGHT}" rx="{radius:.0f}"/>{said}</g>'
    )


def _on_lines(note: str) -> list[str]:
    """A note, its last part below the rest where all of it is too long for a line."""
    return [note] if len(note) <= _CHARACTERS_OF_NOTE else note.rsplit(", ", 1)


def _way(line: Line, name: str) -> str:
    path = f'<path class="way{" back" if line.way.back else ""}" d="{line.path}" marker-end="url(#{name}-head)"/>'
    if not line.way.label:
        return path
    x, y = line.label_at
    label = escape(textwrap.shorten(line.way.label, line.longest, placeholder=" …"))
    return (
        f"<g><title>{escape(line.way.label)}</title>{path}"
        f'<text class="when" x="{x:.1f}" y="{y:.1f}" text-anchor="{line.anchor}">{label}</text></g>'
    )


def _aside(steps: Mapping[str, Step], paper: Paper, notes: Mapping[str, str]) -> Iterator[str]:
    """The ends that a run may come to from wherever it waits, in a column of their own."""
    if paper.layout.aside:
        middle = paper.aside + WIDTH / 2
        said = "at any time, from any wait"
        yield f'<text class="quiet" x="{middle:.1f}" y="{TOP + 14}" text-anchor="middle">{said}</text>'
    for number, step in enumerate(paper.layout.aside):
        yield _box(steps[step], *paper.aside_corner(number), notes.get(step))
