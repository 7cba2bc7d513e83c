"""The rule of enrolment: what an event starts, reaches, or is refused by."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fermata.enrolment import (
    Draw,
    History,
    LatestRun,
    Moment,
    NewRun,
    Occurred,
    Person,
    Reach,
    Refusal,
    Route,
    route,
)
from fermata.journeys import (
    NOBODY,
    After,
    Always,
    GlobalHoldout,
    JourneyDefinition,
    Never,
    Reentry,
    Registry,
    Trigger,
    WhileActive,
)
from fermata.segments import its
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


def one(
    definition: JourneyDefinition,
    name: str = "Product Added",
    history: History | None = None,
    *,
    person: Person | None = None,
    most_runs: int | None = None,
    holdout: GlobalHoldout = NOBODY,
    **properties: object,
) -> list[Route]:
    """What one event does in a deployment of one journey."""
    moment = Moment(NOW, DAY, most_runs, holdout)
    occurred = Occurred(name, NOW, ADA, properties=properties)
    histories = {"it": history} if history else {}
    return list(route(Registry({"it": definition}), occurred, histories, moment, person or Person()))


DEAR = JourneyDefinition(
    trigger=Trigger("Product Added", where=(its("price") >= 50, its("category") == "Shoes")), reentry=Always()
)


def test_a_trigger_starts_a_run_only_where_its_condition_holds() -> None:
    assert one(DEAR, price=50, category="Shoes") == [NewRun("it")]
    assert one(DEAR, price=49, category="Shoes") == [
        Refusal("it", Reason.EVENT_CONDITION_UNMET, "not so: price is at least 50")
    ]
    assert one(DEAR) == [
        Refusal("it", Reason.EVENT_CONDITION_UNMET, 'not so: category is "Shoes" and price is at least 50')
    ]


def test_a_trigger_whose_condition_does_not_hold_still_reaches_the_run_that_is_there() -> None:
    active = History(LatestRun(RUN))
    assert one(DEAR, history=active, price=1) == [Reach("it", RUN)]
    assert one(DEAR, history=active, price=60, category="Shoes") == [Reach("it", RUN, Reason.ALREADY_ENROLLED)]


def test_whoever_is_not_in_the_entry_segment_does_not_enter() -> None:
    outside = History(outside="no  did Product Viewed: none")
    assert one(JourneyDefinition(trigger=Trigger("Product Added")), history=outside) == [
        Refusal("it", Reason.EVENT_CONDITION_UNMET, "no  did Product Viewed: none")
    ]


ORDER = JourneyDefinition(
    trigger=Trigger("Order Completed"), key="order_id", goal="Order Reviewed", reentry=Never(), at_most_at_once=2
)
FIRST, SECOND = UUID(int=21), UUID(int=22)


def test_each_value_of_the_key_has_a_run_and_a_re_entry_rule_of_its_own() -> None:
    other_is_active = History(active=(FIRST,))
    assert one(ORDER, "Order Completed", other_is_active, order_id="A-2") == [NewRun("it")]
    had_it = History(LatestRun(SECOND, NOW - WEEK), active=(FIRST,))
    assert one(ORDER, "Order Completed", had_it, order_id="A-2") == [Refusal("it", Reason.REENTRY_BLOCKED)]


def test_an_event_reaches_the_run_of_its_key_and_without_a_key_all_of_them() -> None:
    of_its_key = History(LatestRun(FIRST), active=(FIRST, SECOND))
    assert one(ORDER, "Order Reviewed", of_its_key, order_id="A-1") == [Reach("it", FIRST)]
    assert one(ORDER, "Order Reviewed", History(active=(FIRST, SECOND)), order_id="A-9") == []
    assert one(ORDER, "Order Reviewed", History(active=(FIRST, SECOND))) == [Reach("it", FIRST), Reach("it", SECOND)]


def test_a_trigger_without_the_key_starts_nothing_and_says_which_property_it_lacks() -> None:
    [refused] = one(ORDER, "Order Completed")
    assert refused == Refusal("it", Reason.EVENT_CONDITION_UNMET, "not so: order_id is set, which is the journey's key")
    assert one(ORDER, "Order Completed", History(active=(FIRST,))) == [Reach("it", FIRST)]


def test_no_more_runs_begin_than_may_be_active_at_once() -> None:
    full = History(active=(FIRST, SECOND))
    assert one(ORDER, "Order Completed", full, order_id="A-3") == [
        Refusal("it", Reason.ALREADY_ENROLLED, "2 of the journey's runs are active, at most 2 at once")
    ]


def test_a_deployment_limits_the_runs_of_one_person_over_all_journeys_but_not_what_they_are_owed() -> None:
    marketing = JourneyDefinition(trigger=Trigger("Product Added"))
    owed = JourneyDefinition(trigger=Trigger("Product Added"), transactional=True)
    busy = Person(active_runs=3)
    assert one(marketing, person=busy, most_runs=4) == [NewRun("it")]
    assert one(marketing, person=busy, most_runs=3) == [
        Refusal("it", Reason.ALREADY_ENROLLED, "3 runs of all journeys are active, at most 3 at once")
    ]
    assert one(owed, person=busy, most_runs=3) == [NewRun("it")]


ALMOST_ALL = GlobalHoldout(0.999_999, "a test")


def test_a_global_holdout_keeps_people_from_every_journey_but_from_what_they_are_owed() -> None:
    marketing = JourneyDefinition(trigger=Trigger("Product Added"), holdout=0.5)
    owed = JourneyDefinition(trigger=Trigger("Product Added"), transactional=True)
    drawn = (Draw("", "a test", True, 0.999_999),)
    assert one(marketing, holdout=ALMOST_ALL) == [NewRun("it", Reason.HOLDOUT_GLOBAL, drawn)]
    assert one(owed, holdout=ALMOST_ALL) == [NewRun("it")]


def test_a_draw_on_record_stands_whatever_the_share_is_by_now() -> None:
    marketing = JourneyDefinition(trigger=Trigger("Product Added"), holdout=0.999_999)
    assert one(marketing, holdout=ALMOST_ALL, person=Person(drawn=False), history=History(drawn=False)) == [
        NewRun("it")
    ]
    few = JourneyDefinition(trigger=Trigger("Product Added"), holdout=1e-12)
    assert one(few, history=History(drawn=True)) == [NewRun("it", Reason.HOLDOUT_JOURNEY)]
    assert one(few, person=Person(drawn=True), holdout=GlobalHoldout(1e-12)) == [NewRun("it", Reason.HOLDOUT_GLOBAL)]


def test_a_share_of_nothing_is_no_holdout_even_for_those_who_were_drawn() -> None:
    open_to_all = JourneyDefinition(trigger=Trigger("Product Added"))
    assert one(open_to_all, history=History(drawn=True), person=Person(drawn=True)) == [NewRun("it")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("deliver", [Reach("it", RUN, Reason.ALREADY_ENROLLED)]),
        ("ignore", [Refusal("it", Reason.ALREADY_ENROLLED)]),
        ("restart", [NewRun("it", replaces=RUN)]),
    ],
)
def test_a_trigger_does_what_the_definition_says_while_its_run_is_active(
    rule: WhileActive, expected: list[Route]
) -> None:
    definition = JourneyDefinition(trigger=Trigger("Product Added"), while_active=rule)
    assert one(definition, history=History(LatestRun(RUN))) == expected
    assert one(definition, history=History(LatestRun(RUN, NOW))) == [Refusal("it", Reason.REENTRY_BLOCKED)]


@pytest.mark.parametrize("rule", ["ignore", "restart"])
def test_a_trigger_that_is_not_as_asked_is_no_trigger_and_reaches_the_run_as_any_event(rule: WhileActive) -> None:
    definition = JourneyDefinition(trigger=Trigger("Product Added", where=its("price") >= 50), while_active=rule)
    assert one(definition, history=History(LatestRun(RUN)), price=10) == [Reach("it", RUN)]


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (History(LatestRun(RUN), goal_at=NOW), Reason.GOAL_MET),
        (History(LatestRun(RUN), outside="no  did it"), Reason.EVENT_CONDITION_UNMET),
    ],
)
def test_what_may_not_begin_does_not_end_the_run_that_is_there(history: History, reason: Reason) -> None:
    definition = JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", while_active="restart")
    [refusal] = one(definition, history=history)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason


def test_a_restart_is_of_the_run_of_its_key_alone_and_takes_no_further_place() -> None:
    definition = JourneyDefinition(
        trigger=Trigger("Product Added"), key="cart_id", at_most_at_once=1, while_active="restart"
    )
    full = History(LatestRun(RUN), active=(RUN,))
    assert one(definition, history=full, cart_id="c-1") == [NewRun("it", replaces=RUN)]
    other = History(active=(RUN,))
    [refusal] = one(definition, history=other, cart_id="c-2")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.ALREADY_ENROLLED


def test_any_of_several_triggers_starts_the_same_journey() -> None:
    definition = JourneyDefinition(trigger=Trigger("Product Added", "Product Viewed"))
    assert one(definition, "Product Viewed") == [NewRun("it")]
    assert one(definition, "Product Viewed", History(LatestRun(RUN))) == [Reach("it", RUN, Reason.ALREADY_ENROLLED)]
