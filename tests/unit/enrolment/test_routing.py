"""The rule of enrolment: what an event starts, reaches, or is refused by."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fermata.enrolment import History, LatestRun, Moment, NewRun, Occurred, Reach, Refusal, Route, route
from fermata.journeys import After, Always, JourneyDefinition, Never, Reentry, Registry, Trigger
from fermata.vocabulary import Reason

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADA, RUN = UUID(int=1), UUID(int=9)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def routed(
    name: str,
    history: History | None = None,
    *,
    reentry: Reentry | None = None,
    age: timedelta = timedelta(0),
    historical: bool = False,
    latest_trigger: timedelta | None = DAY,
) -> list[Route]:
    cart = JourneyDefinition(
        trigger=Trigger("Product Added"),
        goal="Order Completed",
        exit_on=("Cart Cleared",),
        reentry=reentry or After(WEEK),
    )
    other = JourneyDefinition(trigger=Trigger("Signed Up"))
    registry = Registry({"cart": cart, "other": other})
    occurred = Occurred(name, NOW - age, ADA, historical)
    return list(route(registry, occurred, {"cart": history} if history else {}, Moment(NOW, latest_trigger)))


def test_a_trigger_starts_a_run_of_its_journey_and_of_no_other() -> None:
    assert routed("Product Added") == [NewRun("cart")]


@pytest.mark.parametrize("name", ["Order Completed", "Cart Cleared", "Unheard Of"])
@pytest.mark.parametrize("history", [None, History(LatestRun(RUN, NOW))])
def test_an_event_that_is_no_trigger_starts_nothing_and_reaches_nothing_that_has_ended(
    name: str, history: History | None
) -> None:
    assert routed(name, history) == []


def test_an_awaited_event_reaches_the_active_run() -> None:
    active = History(LatestRun(RUN))
    assert routed("Order Completed", active) == [Reach("cart", RUN)]
    assert routed("Product Added", active) == [Reach("cart", RUN, Reason.ALREADY_ENROLLED)]
    assert routed("Unheard Of", active) == []


@pytest.mark.parametrize(
    ("reentry", "ended", "expected"),
    [
        (Never(), timedelta(days=9999), Refusal("cart", Reason.REENTRY_BLOCKED)),
        (Always(), timedelta(0), NewRun("cart")),
        (After(WEEK), WEEK - timedelta(microseconds=1), Refusal("cart", Reason.REENTRY_BLOCKED)),
        (After(WEEK), WEEK, NewRun("cart")),
    ],
)
def test_reentry_counts_from_the_end_of_the_last_run(reentry: Reentry, ended: timedelta, expected: Route) -> None:
    history = History(LatestRun(RUN, NOW - ended))
    assert routed("Product Added", history, reentry=reentry) == [expected]


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (timedelta(microseconds=-1), NewRun("cart")),
        (timedelta(0), Refusal("cart", Reason.GOAL_MET)),
        (timedelta(days=1), Refusal("cart", Reason.GOAL_MET)),
    ],
)
def test_a_goal_that_came_at_or_after_the_trigger_keeps_the_run_from_starting(goal: timedelta, expected: Route) -> None:
    assert routed("Product Added", History(goal_at=NOW + goal)) == [expected]


@pytest.mark.parametrize(
    ("age", "limit", "expected"),
    [
        (DAY, DAY, NewRun("cart")),
        (DAY + timedelta(microseconds=1), DAY, Refusal("cart", Reason.EVENT_TOO_LATE)),
        (WEEK, None, NewRun("cart")),
    ],
)
def test_a_trigger_older_than_the_limit_starts_nothing(
    age: timedelta, limit: timedelta | None, expected: Route
) -> None:
    assert routed("Product Added", age=age, latest_trigger=limit) == [expected]


def test_a_late_event_still_reaches_the_run_that_waits_for_it_unless_it_was_imported() -> None:
    active = History(LatestRun(RUN))
    assert routed("Order Completed", active, age=WEEK) == [Reach("cart", RUN)]
    assert routed("Order Completed", active, age=WEEK, historical=True) == [Refusal("cart", Reason.EVENT_TOO_LATE)]
    assert routed("Order Completed", active, age=DAY, historical=True) == [Reach("cart", RUN)]
