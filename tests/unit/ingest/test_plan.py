"""Several events of one request: each sees what those before it have started."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fermata.enrolment import History, Interest, LatestRun, Moment, Standing
from fermata.events import parse
from fermata.ingest.plan import OwnedEvent, interests, plan
from fermata.journeys import Always, JourneyDefinition, Registry, Trigger

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ADA, BOB = UUID(int=1), UUID(int=2)
REGISTRY = Registry(
    {
        "cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", reentry=Always()),
        "thanks": JourneyDefinition(trigger=Trigger("Order Completed")),
    }
)
CARE = Registry(
    {
        "care": JourneyDefinition(
            trigger=Trigger("Order Completed"), key="order_id", goal="Order Reviewed", at_most_at_once=2
        )
    }
)


def owned(*names: str, profile: UUID = ADA, orders: Sequence[str | None] = ()) -> list[OwnedEvent]:
    """Events a minute apart; those with an order carry its id."""
    return [
        OwnedEvent(
            UUID(int=100 + n),
            profile,
            parse(
                {
                    "type": "track",
                    "event": name,
                    "userId": "u",
                    "messageId": f"m{n}",
                    "timestamp": (NOON + timedelta(minutes=n)).isoformat(),
                    "properties": {"order_id": order} if order else {},
                },
                received_at=NOON + timedelta(hours=1),
            ),
        )
        for n, (name, order) in enumerate(zip_longest(names, orders))
    ]


def test_the_history_of_each_profile_and_journey_concerned_is_asked_for_once() -> None:
    events = owned("Product Added", "Product Added", "Unheard Of") + owned("Order Completed", profile=BOB)
    assert interests(REGISTRY, events) == [
        Interest(ADA, "cart", REGISTRY["cart"]),
        Interest(BOB, "cart", REGISTRY["cart"]),
        Interest(BOB, "thanks", REGISTRY["thanks"]),
    ]


def test_the_second_trigger_goes_to_the_run_that_the_first_has_started() -> None:
    events = owned("Product Added", "Product Added")
    result = plan(REGISTRY, events, Standing(), Moment(NOON))
    assert result.routings == [{"cart": "started"}, {"cart": "already_enrolled"}]
    [run] = result.enrolments
    assert [(each.kind, each.run_id) for each in result.dispatches] == [("start", run.id), ("signal", run.id)]


def test_one_event_may_start_one_journey_and_reach_another() -> None:
    events = owned("Order Completed")
    known = Standing()
    known.add((ADA, "cart", ""), History(LatestRun(UUID(int=9))))
    result = plan(REGISTRY, events, known, Moment(NOON))
    assert result.routings == [{"cart": "reached", "thanks": "started"}]


def test_a_goal_later_in_the_request_keeps_the_run_before_it_from_starting() -> None:
    events = owned("Product Added", "Order Completed")
    result = plan(REGISTRY, events, Standing(), Moment(NOON))
    assert result.routings == [{"cart": "goal_met"}, {"thanks": "started"}]


def test_people_do_not_see_each_others_runs() -> None:
    events = owned("Product Added") + owned("Product Added", profile=BOB)
    result = plan(REGISTRY, events, Standing(), Moment(NOON))
    assert [each.profile_id for each in result.enrolments] == [ADA, BOB]


def test_each_order_of_a_request_has_a_run_up_to_the_limit() -> None:
    events = owned(*["Order Completed"] * 4, orders=["A-1", "A-2", "A-1", "A-3"])
    result = plan(CARE, events, Standing(), Moment(NOON))
    assert result.routings == [
        {"care": "started"},
        {"care": "started"},
        {"care": "already_enrolled"},
        {"care": "already_enrolled"},
    ]
    assert [each.key for each in result.enrolments] == ["A-1", "A-2"]
    assert [each.kind for each in result.dispatches] == ["start", "start", "signal"]
    assert result.explanations == [{}, {}, {}, {"care": "2 of the journey's runs are active, at most 2 at once"}]


def test_an_event_without_the_key_reaches_every_run_that_the_request_has_started() -> None:
    events = owned("Order Completed", "Order Completed", "Order Completed", orders=["A-1", "A-2", None])
    result = plan(CARE, events, Standing(), Moment(NOON))
    assert [each.run_id for each in result.dispatches[2:]] == [each.id for each in result.enrolments]


def test_a_goal_keeps_only_the_run_of_its_own_key_from_starting_and_without_a_key_all() -> None:
    orders = ["A-1", "A-2", "A-1"]
    keyed = owned("Order Completed", "Order Completed", "Order Reviewed", orders=orders)
    assert plan(CARE, keyed, Standing(), Moment(NOON)).routings == [{"care": "goal_met"}, {"care": "started"}, {}]
    keyless = owned("Order Completed", "Order Completed", "Order Reviewed", orders=["A-1", "A-2"])
    assert plan(CARE, keyless, Standing(), Moment(NOON)).routings == [{"care": "goal_met"}, {"care": "goal_met"}, {}]


def test_planning_leaves_what_was_read_as_it_was() -> None:
    events, stored = owned("Product Added"), Standing()
    first = plan(REGISTRY, events, stored, Moment(NOON))
    assert plan(REGISTRY, events, stored, Moment(NOON)).routings == first.routings == [{"cart": "started"}]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Order Completed", "Order Reviewed", "Product Viewed"]),
            st.sampled_from(["A-1", "A-2", "A-3", "A-4", None]),
            st.sampled_from([ADA, BOB]),
        ),
        max_size=30,
    )
)
def test_whatever_comes_a_key_has_one_active_run_and_a_profile_no_more_than_the_limit(
    happened: list[tuple[str, str | None, UUID]],
) -> None:
    events = [
        replace(event, id=UUID(int=1000 + place))
        for place, (name, order, person) in enumerate(happened)
        for event in owned(name, profile=person, orders=[order] if order else ())
    ]
    result = plan(CARE, events, Standing(), Moment(NOON))
    runs = [(each.profile_id, each.key) for each in result.enrolments]
    assert len(runs) == len(set(runs))
    assert max(Counter(profile for profile, _ in runs).values(), default=0) <= 2
    keys = {each.id: (each.profile_id, each.key) for each in result.enrolments}
    orders = {event.id: (event.profile_id, event.incoming.properties.get("order_id")) for event in events}
    for dispatch in result.dispatches:
        assert dispatch.event_id is not None
        profile, order = orders[dispatch.event_id]
        assert (profile, order or keys[dispatch.run_id][1]) == keys[dispatch.run_id]
