"""A broadcast as it is declared and started: what is refused with the mend, what a start changes, and what is told."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from fermata.broadcasts import Broadcast, Launch, Recurrence
from fermata.broadcasts.record import progress_of
from fermata.errors import DefinitionError, NotFound
from fermata.journeys import JourneyDefinition, Trigger
from fermata.segments import days, hours, its, trait
from worker.broadcast_checks import check_broadcasts
from workflows.declared_broadcasts import declared_broadcasts
from workflows.discovery import discover

PROS = trait("plan") == "pro"
SALE = Broadcast(name="spring_sale", journey="promotion", segment=PROS, rate="50/s", properties={"title": "Spring"})
KEYED = JourneyDefinition(trigger=Trigger("Promotion Announced"), key="promotion_id")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_what_is_stored_is_read_back_as_it_was() -> None:
    daily = Broadcast(
        name="daily",
        journey="retention",
        segment=PROS & ~(trait("muted") == True),  # noqa: E712 - that is how a segment is written
        local_time="10:00",
        recurs=Recurrence(every=days(1), offset=hours(6)),
    )
    assert Broadcast.model_validate_json(daily.model_dump_json()) == daily
    assert Launch.model_validate_json(Launch(name="daily", rate="30/min").model_dump_json()).rate is not None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rate": "fast"}, "write 50/s, 30/min or 2000/h"),
        ({"rate": "0/s"}, "is no rate"),
        ({"local_time": "2026-12-01T10:00Z"}, "An instant for all is `at`"),
        ({"local_time": "25:00"}, "is no time on people's own clocks"),
        ({"holdout": 1}, "less than 1"),
        ({"segmint": PROS}, "Extra inputs are not permitted"),
        ({"local_time": "2026-12-01T10:00", "recurs": {"every": "P1D"}}, "is of one day, and the broadcast recurs"),
        ({"recurs": {"every": "P1D", "cron": "0 6 * * *"}}, "not by both and not by neither"),
        ({"recurs": {"every": "PT1H", "offset": "PT6H"}}, "goes with an `every` that is longer"),
    ],
)
def test_what_cannot_be_is_refused_with_the_mend(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Broadcast(**{"name": "sale", "journey": "promotion", "segment": PROS, **changes})


def test_a_start_changes_what_it_says_and_nothing_else() -> None:
    declared = {"spring_sale": SALE}
    started = Launch(name="spring_sale", holdout=0.2, properties={"code": "MAY"}).of(declared)
    assert (started.holdout, started.rate, started.segment) == (0.2, SALE.rate, PROS)
    assert started.properties == {"title": "Spring", "code": "MAY"}
    with pytest.raises(NotFound, match="there are: spring_sale"):
        Launch(name="winter_sale").of(declared)


def test_it_begins_at_once_or_when_it_is_told_or_when_the_day_first_comes_anywhere() -> None:
    later = NOW + timedelta(days=2)
    assert Launch(name="spring_sale").begins(SALE, NOW) == NOW
    assert Launch(name="spring_sale", at=later).begins(SALE, NOW) == later
    assert Launch(name="spring_sale", at=NOW - timedelta(days=1)).begins(SALE, NOW) == NOW
    on_a_day = Launch(name="spring_sale", local_time="2026-03-20T10:00")
    assert on_a_day.begins(on_a_day.of({"spring_sale": SALE}), NOW) == datetime(2026, 3, 19, 20, tzinfo=UTC)


def test_the_key_of_its_journey_is_its_own_id_unless_it_says_otherwise() -> None:
    told = SALE.announced(KEYED, "0195f3c0")
    assert told == {"title": "Spring", "broadcast": "spring_sale", "promotion_id": "0195f3c0"}
    named = SALE.model_copy(update={"properties": {"promotion_id": "spring-2026"}})
    assert named.announced(KEYED, "0195f3c0")["promotion_id"] == "spring-2026"


def test_an_event_that_its_journey_would_not_take_is_refused_before_anybody_gets_it() -> None:
    picky = JourneyDefinition(trigger=Trigger("Promotion Announced", where=its("discount") >= 10))
    with pytest.raises(DefinitionError, match=r"where discount is at least 10, and its properties are .*give it those"):
        SALE.announced(picky, "")
    assert SALE.model_copy(update={"properties": {"discount": 15}}).announced(picky, "")["discount"] == 15


def test_the_broadcasts_that_ship_pass_and_a_mistaken_one_is_told_of() -> None:
    registry, shipped = discover(("workflows",)).registry, declared_broadcasts(("workflows",))
    assert set(shipped) >= {"churn_risk", "engagement_lapsed"}
    check_broadcasts(shipped, registry)
    lost = Broadcast(name="lost", journey="promotoin", segment=PROS)
    with pytest.raises(DefinitionError, match=r"'lost': no journey is named 'promotoin'; there are .*promotion"):
        check_broadcasts({"lost": lost}, registry)


def test_numbers_add_up_and_whoever_was_merged_away_is_told_of() -> None:
    outcomes = {"started": 60, "holdout_journey": 7, "holdout_broadcast": 10, "reentry_blocked": 3, "no_name": 0}
    progress = progress_of(100, outcomes, 15)
    assert (progress.entered, progress.held_out, progress.refused) == (60, 17, {"reentry_blocked": 3})
    assert (progress.left, progress.gone) == (15, 5)
