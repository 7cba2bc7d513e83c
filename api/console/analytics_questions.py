"""What a form of the analytics page asks, as a question that the measuring understands."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query

from api.analytics_process import NoAnswer
from api.console.time_range import Day, TimeRange, read_range
from fermata.analytics.asked import Asked, AttributionAsked, KpisAsked, LiftAsked, PathsAsked
from fermata.journeys import GlobalHoldout, Registry

_ORDER = "Order Completed"
_A_QUARTER, _A_YEAR = 90, 365  # days
Text = Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")]
Watched = Annotated[int, Query(ge=1, le=3650)]


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody filled in.

    Args:
        journey: Whose lift; empty for all together.
        event: What people should do; empty for the journey's goal, or an order.
        since, until: Two dates; empty for the usual time.
        within: For how many days each person is watched.
    """

    journey: str = ""
    event: str = ""
    since: str = ""
    until: str = ""
    within: int = 14


def read_form(journey: Text = "", event: Text = "", since: Day = "", until: Day = "", within: Watched = 14) -> Form:
    """Reads the form of a request; a dependency."""
    return Form(journey, event.strip(), since, until, within)


@dataclass(frozen=True, slots=True)
class Questions:
    """Makes questions out of forms.

    Args:
        registry: The journeys that can be asked about.
        holdout: Of the deployment.
    """

    registry: Registry
    holdout: GlobalHoldout

    def time(self, subject: str, form: Form) -> TimeRange:
        """The time that a form is about.

        Args:
            subject: What is asked.
            form: Filled in.

        Raises:
            InvalidEvent: Its dates are none, or the wrong way round.
        """
        days = _A_QUARTER if subject in ("lift", "attribution", "paths") else _A_YEAR
        return read_range(form.since, form.until, datetime.now(UTC), days=days)

    def of(self, subject: str, form: Form) -> Asked:
        """The question.

        Args:
            subject: What is asked: ``lift``, ``attribution``, ``paths``; key figures for everything else.
            form: Filled in.

        Raises:
            InvalidEvent: Its dates are none, or the wrong way round.
            NoAnswer: The journey has no goal and no event is named, or nobody is held out.
            NotFound: There is no such journey.
        """
        time = self.time(subject, form)
        times = {"since": time.since, "until": time.until}
        match subject:
            case "lift":
                return self._lift(time, form)
            case "attribution":
                return AttributionAsked(conversion=form.event or _ORDER, **times)
            case "paths":
                return PathsAsked(outcome=form.event or _ORDER, horizon=timedelta(days=form.within), **times)
        return KpisAsked(purchase=form.event or _ORDER, **times)

    def _lift(self, time: TimeRange, form: Form) -> LiftAsked:
        definition = self.registry[form.journey] if form.journey else None
        goal = form.event or (definition.goal if definition is not None else _ORDER)
        if not goal:
            raise NoAnswer(f"the journey {form.journey!r} has no goal: say what people should do")
        share = definition.holdout if definition is not None else self.holdout.share
        return LiftAsked(
            journey=form.journey or None,
            event=goal,
            within=timedelta(days=form.within),
            share=share,
            salt=self.holdout.salt,
            now=time.now,
            since=time.since,
            until=time.until,
        )
