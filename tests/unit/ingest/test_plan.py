"""Several events of one request: each sees what those before it have started."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fermata.enrolment import History, Interest, LatestRun, Moment
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


def owned(*names: str, profile: UUID = ADA) -> list[OwnedEvent]:
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
                },
                received_at=NOON + timedelta(hours=1),
            ),
        )
        for n, name in enumerate(names)
    ]


def nothing_known(events: list[OwnedEvent]) -> dict[tuple[UUID, str], History]:
    return {(each.profile_id, each.journey): History() for each in interests(REGISTRY, events)}


def test_the_history_of_each_profile_and_journey_concerned_is_asked_for_once() -> None:
    events = owned("Product Added", "Product Added", "Unheard Of") + owned("Order Completed", profile=BOB)
    assert interests(REGISTRY, events) == [
        Interest(ADA, "cart", "Order Completed"),
        Interest(BOB, "cart", "Order Completed"),
        Interest(BOB, "thanks", None),
    ]


def test_the_second_trigger_goes_to_the_run_that_the_first_has_started() -> None:
    events = owned("Product Added", "Product Added")
    result = plan(REGISTRY, events, nothing_known(events), Moment(NOON))
    assert result.routings == [{"cart": "started"}, {"cart": "already_enrolled"}]
    [run] = result.enrolments
    assert [(each.kind, each.run_id) for each in result.dispatches] == [("start", run.id), ("signal", run.id)]


def test_one_event_may_start_one_journey_and_reach_another() -> None:
    events = owned("Order Completed")
    known = nothing_known(events) | {(ADA, "cart"): History(LatestRun(UUID(int=9)))}
    result = plan(REGISTRY, events, known, Moment(NOON))
    assert result.routings == [{"cart": "reached", "thanks": "started"}]


def test_a_goal_later_in_the_request_keeps_the_run_before_it_from_starting() -> None:
    events = owned("Product Added", "Order Completed")
    result = plan(REGISTRY, events, nothing_known(events), Moment(NOON))
    assert result.routings == [{"cart": "goal_met"}, {"thanks": "started"}]


def test_people_do_not_see_each_others_runs() -> None:
    events = owned("Product Added") + owned("Product Added", profile=BOB)
    result = plan(REGISTRY, events, nothing_known(events), Moment(NOON))
    assert [each.profile_id for each in result.enrolments] == [ADA, BOB]
