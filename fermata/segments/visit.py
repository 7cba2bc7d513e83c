"""A condition on how long somebody stayed: on what pages and screens themselves tell of a visit."""

from datetime import timedelta
from typing import Literal

from fermata.segments.condition import Condition
from fermata.segments.duration import Duration, duration_words
from fermata.segments.invalid import built

VISIT_ENDS_AFTER = timedelta(minutes=30)
"""Silence this long ends a visit: the convention of web analytics."""


class Stayed(Condition):
    """A visit lasted at least so long, from the first word of a page or screen in it to the last.

    What a server, a provider or an import tells is no presence, so it neither begins a visit nor prolongs one.

    Args:
        at_least: How long.
        within: In the last so long; of a visit that began before, what lies in it counts.
    """

    kind: Literal["stayed"] = "stayed"
    at_least: Duration
    within: Duration

    @property
    def words(self) -> str:
        return f"stayed {self._long}"

    @property
    def denial(self) -> str:
        return f"never stayed {self._long}"

    @property
    def _long(self) -> str:
        return f"at least {duration_words(self.at_least)} in one visit within {duration_words(self.within)}"


def stayed(at_least: timedelta, *, within: timedelta) -> Stayed:
    """The person stayed a while: ``stayed(minutes(3), within=days(1))``.

    Args:
        at_least: In one visit.
        within: In the last so long.

    Raises:
        InvalidSegment: One of these cannot be.
    """
    return built(Stayed, at_least=at_least, within=within)
