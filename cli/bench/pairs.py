"""Measures baseline and ours in interleaved pairs, A B B A, so that whatever slows the machine down slows both."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")
U = TypeVar("U")

Measure: TypeAlias = Callable[[], Awaitable[T]]
Tell: TypeAlias = Callable[[str, int, int], None]
"""Told what is going on, how much of it is done, and of how much; 0 of 0 where nobody knows."""


class Pair(NamedTuple, Generic[T]):
    """Two measurements, one right after the other."""

    baseline: T
    ours: T


async def in_pairs(
    baseline: Measure[T], ours: Measure[T], *, pairs: int, what: str, tell: Tell, warm_up: bool = True
) -> list[Pair[T]]:
    """Measures pair after pair; who goes first alternates.

    Args:
        baseline: Measures the baseline once.
        ours: Measures what is compared with it once.
        pairs: How many.
        what: What is measured, for whoever watches.
        tell: Told of each pair.
        warm_up: Whether each is run once before anything counts.
    """
    tell(what, 0, pairs)
    if warm_up:
        await baseline()
        await ours()
    measured: list[Pair[T]] = []
    for number in range(pairs):
        if number % 2 == 0:
            first = await baseline()
            measured.append(Pair(first, await ours()))
        else:
            first = await ours()
            measured.append(Pair(await baseline(), first))
        tell(what, number + 1, pairs)
    return measured


def each(pairs: Sequence[Pair[T]], figure: Callable[[T], U]) -> list[Pair[U]]:
    """One figure of measurements that hold several.

    Args:
        pairs: The measurements.
        figure: Takes the figure out of one.
    """
    return [Pair(figure(pair.baseline), figure(pair.ours)) for pair in pairs]
