"""Where the steps of a map lie: rows by how far they are from the start, columns by where their ways come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fermata.journeys.map import JourneyMap, StepKind, Way

_ASIDE = frozenset({StepKind.GOAL, StepKind.EXIT, StepKind.LIMIT})
_SWEEPS = 4  # rows are put in order by their neighbours above and below, this often


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of a map's steps, on a grid.

    Args:
        places: Row and column of each step by its id; columns may lie between two.
        rows: How many rows there are.
        columns: How many columns the widest row has.
        aside: Ids of the ends that a run may come to at any time, in order; they have no place.
    """

    places: Mapping[str, tuple[int, float]]
    rows: int
    columns: int
    aside: tuple[str, ...]


def lay_out(drawn: JourneyMap) -> Layout:
    """Finds a place for each step.

    Args:
        drawn: The map.
    """
    aside = tuple(step.id for step in drawn.steps if step.kind in _ASIDE)
    order = [step.id for step in drawn.steps if step.id not in aside]
    forward = [way for way in drawn.ways if not way.back and not way.at_any_time]
    row_of = _rows(order, forward)
    rows: list[list[str]] = [[] for _ in range(max(row_of.values()) + 1)]
    for step in order:
        rows[row_of[step]].append(step)
    widest = max(map(len, rows))
    places = {step: _even(index, len(row), widest) for row in rows for index, step in enumerate(row)}
    for _ in range(_SWEEPS):
        for row in rows:
            _settle(row, places, forward, widest)
    return Layout(MappingProxyType({step: (row_of[step], places[step]) for step in order}), len(rows), widest, aside)


def _rows(order: list[str], forward: list[Way]) -> dict[str, int]:
    """Each step lies below all that lead to it."""
    rows = dict.fromkeys(order, 0)
    for _ in order:
        moved = False
        for way in forward:
            if rows[way.target] <= rows[way.source]:
                rows[way.target] = rows[way.source] + 1
                moved = True
        if not moved:
            break
    return rows


def _even(index: int, number: int, widest: int) -> float:
    return (widest - number) / 2 + index


def _settle(row: list[str], places: dict[str, float], forward: list[Way], widest: int) -> None:
    """Puts the steps of a row where their neighbours are, each a column from the next."""
    wanted = {step: _wish(step, places, forward) for step in row}
    row.sort(key=lambda step: (wanted[step], places[step]))
    at: list[float] = []
    for step in row:
        at.append(max(wanted[step], at[-1] + 1) if at else wanted[step])
    shift = sum(wanted[step] - place for step, place in zip(row, at, strict=True)) / len(row)
    low, high = min(at) + shift, max(at) + shift
    shift += max(0.0, -low) - max(0.0, high - (widest - 1))
    for step, place in zip(row, at, strict=True):
        places[step] = place + shift


def _wish(step: str, places: Mapping[str, float], forward: list[Way]) -> float:
    near = [places[way.source] for way in forward if way.target == step]
    near += [places[way.target] for way in forward if way.source == step]
    return sum(near) / len(near) if near else places[step]
