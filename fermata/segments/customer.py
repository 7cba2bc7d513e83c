"""Conditions on what a customer bought and kept: orders, sums, how long ago, and their place among all customers.

Unlike ``did("Order Completed")`` these count an order once, however many events tell of it, and leave out what was
cancelled or wholly refunded: they are the live traits of the same names (``fermata.traits``), asked of many at once.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import model_validator

from fermata.segments.comparison import Comparison
from fermata.segments.condition import Condition
from fermata.segments.invalid import built
from fermata.segments.operand import Operand

NOBODY: Mapping[str, Any] = {"orders": 0, "spent": {}}
"""What is on record of somebody who bought nothing, or kept nothing of it."""


class Measure(StrEnum):
    """What can be asked of a customer."""

    ORDERS = "orders"
    SPENT = "spent"
    DAYS_SINCE_ORDER = "days_since_order"
    RECENCY_QUINTILE = "recency_quintile"
    FREQUENCY_QUINTILE = "frequency_quintile"
    RFM_SEGMENT = "rfm_segment"


AMONG_ALL = frozenset({Measure.RECENCY_QUINTILE, Measure.FREQUENCY_QUINTILE, Measure.RFM_SEGMENT})
"""A person's place among all customers, as of the last look at them."""


class RfmSegment(StrEnum):
    """What marketers call a customer, by the fifths of recency and frequency."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    POTENTIAL_LOYALISTS = "potential loyalists"
    NEW_CUSTOMERS = "new customers"
    PROMISING = "promising"
    NEED_ATTENTION = "need attention"
    ABOUT_TO_SLEEP = "about to sleep"
    CANNOT_LOSE = "cannot lose them"
    AT_RISK = "at risk"
    HIBERNATING = "hibernating"


# The usual grid of RFM analysis, recency down and frequency across: each of the 25 cells has one name.
_GRID = {
    5: ("new customers", "potential loyalists", "potential loyalists", "champions", "champions"),
    4: ("promising", "potential loyalists", "potential loyalists", "loyal", "loyal"),
    3: ("about to sleep", "about to sleep", "need attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at risk", "at risk", "cannot lose them"),
    1: ("hibernating", "hibernating", "at risk", "at risk", "cannot lose them"),
}


def segment_of(recency: int, frequency: int) -> RfmSegment:
    """The name of a cell.

    Args:
        recency, frequency: Fifths, 1 to 5.
    """
    return RfmSegment(_GRID[recency][frequency - 1])


class Customer(Condition):
    """Something that a person bought and kept compares as asked.

    Args:
        comparison: Of one ``Measure``; a sum is followed by its currency: ``("spent", "EUR")``.
    """

    kind: Literal["customer"] = "customer"
    comparison: Comparison

    @model_validator(mode="after")
    def _check_measure(self) -> Self:
        first, *further = self.comparison.path
        if first not in set(Measure):
            raise ValueError(f"{first!r} is nothing to ask of a customer; use one of {', '.join(Measure)}")
        if len(further) != (first == Measure.SPENT):
            raise ValueError(f"{self.comparison.name!r}: a sum is of one currency, 'spent.EUR', and nothing else is")
        if first == Measure.RFM_SEGMENT:
            unknown = set(self.comparison.values) - set(RfmSegment)
            if unknown:
                raise ValueError(f"{unknown.pop()!r} is no segment of customers; use one of {', '.join(RfmSegment)}")
        return self

    @property
    def words(self) -> str:
        return f"customer {self.comparison.words}"

    @property
    def denial(self) -> str:
        return f"customer {(~self.comparison).words}"

    def __invert__(self) -> "Customer":
        return built(Customer, comparison=~self.comparison)

    @property
    def holds_of_nobody(self) -> bool:
        """Whether somebody without an order is in it."""
        return self.comparison.holds(NOBODY)


def orders() -> Operand[Customer]:
    """How many orders stand, to be compared: ``orders() >= 3``."""
    return _asked(Measure.ORDERS)


def spent(currency: str) -> Operand[Customer]:
    """What they come to in a currency, to be compared: ``spent("EUR") >= 100``.

    Args:
        currency: ISO 4217, as the events have it.
    """
    return _asked(Measure.SPENT, currency)


def days_since_order() -> Operand[Customer]:
    """Days since the last order that stands, to be compared: ``days_since_order() >= 90``; not set without one."""
    return _asked(Measure.DAYS_SINCE_ORDER)


def recency_quintile() -> Operand[Customer]:
    """The fifth of recency among all customers, 5 for the latest: ``recency_quintile() >= 4``."""
    return _asked(Measure.RECENCY_QUINTILE)


def frequency_quintile() -> Operand[Customer]:
    """The fifth of frequency among all customers, 5 for the most orders: ``frequency_quintile() == 5``."""
    return _asked(Measure.FREQUENCY_QUINTILE)


def rfm_segment() -> Operand[Customer]:
    """What marketers call them: ``rfm_segment().one_of("champions", "loyal")``."""
    return _asked(Measure.RFM_SEGMENT)


def _asked(*path: str) -> Operand[Customer]:
    return Operand(tuple(path), lambda comparison: built(Customer, comparison=comparison))
