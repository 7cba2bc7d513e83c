"""Conditions on the journeys that a person is or was in."""

from datetime import timedelta
from typing import Literal

from fermata.segments.condition import Condition
from fermata.segments.duration import Duration, duration_words
from fermata.segments.invalid import built
from fermata.segments.text import Name


class InJourney(Condition):
    """A run of the journey is active. Somebody held out of it never is in it.

    Args:
        journey: Its name.
    """

    kind: Literal["in_journey"] = "in_journey"
    journey: Name

    @property
    def words(self) -> str:
        return f"is in journey {self.journey}"

    @property
    def denial(self) -> str:
        return f"is not in journey {self.journey}"


class WasIn(Condition):
    """A run of the journey began. Being held out of it counts too, so that both sides of a comparison stay alike.

    Args:
        journey: Its name.
        within: It began in the last so long, the instant that is asked about included; None for ever.
    """

    kind: Literal["was_in"] = "was_in"
    journey: Name
    within: Duration | None = None

    @property
    def words(self) -> str:
        return f"entered journey {self.journey}{self.period}"

    @property
    def denial(self) -> str:
        return f"never entered journey {self.journey}{self.period}"

    @property
    def period(self) -> str:
        """ " within 30 days", or nothing."""
        return f" within {duration_words(self.within)}" if self.within else ""


def in_journey(name: str) -> InJourney:
    """The person is in it now: ``in_journey("cart_recovery")``.

    Raises:
        InvalidSegment: It is no name.
    """
    return built(InJourney, journey=name)


def was_in(name: str, *, within: timedelta | None = None) -> WasIn:
    """The person has entered it, whether or not the run has ended: ``was_in("welcome", within=days(30))``.

    Raises:
        InvalidSegment: It is no name, or no duration.
    """
    return built(WasIn, journey=name, within=within)
