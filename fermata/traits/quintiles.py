"""Quintiles: which fifth of a population a value lies in. Equal values always lie in the same one."""

from collections.abc import Collection, Sequence
from math import ceil
from typing import Any, Protocol, TypeVar

FIFTHS = 5
FEWEST = 5
"""Fewer people than this have no fifths."""


class Comparable(Protocol):
    """Anything that has an order: counts, sums, instants."""

    def __lt__(self, other: Any, /) -> bool: ...  # noqa: ANN401 - as the standard library's sort takes it


T = TypeVar("T", bound=Comparable)


def borders(values: Collection[T]) -> tuple[T, ...]:
    """The upper ends of the first four fifths: the smallest value that so many of the population do not exceed.

    Args:
        values: One a person, in any order.

    Returns:
        Four values, by the nearest rank; none where there are fewer than ``FEWEST`` people.
    """
    if len(values) < FEWEST:
        return ()
    ordered = sorted(values)
    return tuple(ordered[ceil(len(ordered) * fifth / FIFTHS) - 1] for fifth in range(1, FIFTHS))


def quintile(value: T, upper_ends: Sequence[T]) -> int:
    """The fifth that a value lies in, 1 for the lowest to 5 for the highest.

    Distinct values fill the fifths evenly, to within one person. Where many are equal, they share the lowest fifth
    that any of them would lie in, and what is above them all is as high as its share of the population.

    Args:
        value: Of somebody, in the population or not.
        upper_ends: Of the population, by ``borders``.
    """
    return 1 + sum(1 for end in upper_ends if end < value)
