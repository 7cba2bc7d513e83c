"""Welcome, trial, re-engagement, support, leads, retention, promotion: each way through them, on skipped time."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Way:
    """One way through a journey.

    Args:
        journey: Its name.
        trigger: What begins it; every event carries the same properties.
        steps: What happens: time that passes, or an event.
        state: How the run stands at the end of it; None while it goes on.
        subjects: Of the mail that came.
        desk: Whom a colleague's task went to, in order.
        properties: Of every event.
    """

    journey: str
    trigger: str
    steps: tuple[timedelta | str, ...]
    state: str | None
    subjects: tuple[str, ...] = ()
    desk: tuple[str, ...] = ()
    properties: dict[str, Any] = field(default_factory=dict)


HELLO, STEPS, HELP = "Welcome to our shop", "Three small steps to begin with", "Can we help you with anything?"
TIPS, FIVE, KEEP = (
    "Three tips, now that you know your way",
    "The first five minutes, together",
    "Keep what you have made",
)
MISSED, LAST = "It has been a while", "Shall we stay in touch?"
SOLVED = "Did we solve it?"
GUIDE, STORY = "A short guide to begin with", "How others do it"
CHECK_IN, THANKS = "Is everything as you like it?", "A thank-you from us"
BAD, GOOD = {"ticket_id": "t-1", "rating": "bad"}, {"ticket_id": "t-1", "rating": "good"}
SALE = {"promotion_id": "p-1", "title": "A week of trails", "body": "All shoes for the woods.", "code": "WOODS"}

WAYS = {
    "welcome, to the end": Way("welcome", "Signed Up", (15 * DAY,), "completed", (HELLO, STEPS, HELP)),
    "welcome, at home after a day": Way("welcome", "Signed Up", (DAY, "Onboarding Completed"), "converted", (HELLO,)),
    "welcome, gone after three": Way("welcome", "Signed Up", (3 * DAY, "Account Deleted"), "exited", (HELLO, STEPS)),
    "trial, used by day three": Way(
        "trial_activation", "Trial Started", (DAY, "Feature Used", 20 * DAY), "completed", (TIPS, KEEP)
    ),
    "trial, used after a word": Way(
        "trial_activation",
        "Trial Started",
        (4 * DAY, "Feature Used", DAY, "Subscription Started"),
        "converted",
        (FIVE, KEEP),
    ),
    "trial, never used": Way("trial_activation", "Trial Started", (20 * DAY,), "completed", (FIVE,)),
    "support, good": Way(
        "support_followup", "Support Ticket Solved", (2 * DAY, "Support Ticket Rated"), "completed", (SOLVED,), (), GOOD
    ),
    "support, bad before it is asked": Way(
        "support_followup", "Support Ticket Solved", ("Support Ticket Rated", DAY), "completed", (), ("support",), BAD
    ),
    "support, open again": Way(
        "support_followup", "Support Ticket Solved", ("Support Ticket Opened",), "exited", (), (), GOOD
    ),
    "lead, warm at once": Way(
        "lead_nurture", "Lead Captured", (DAY, "Demo Requested", DAY), None, (GUIDE,), ("sales",)
    ),
    "lead, cool": Way("lead_nurture", "Lead Captured", (15 * DAY,), "completed", (GUIDE, STORY)),
    "retention, away": Way("retention", "Churn Risk Raised", (25 * DAY,), "completed", (CHECK_IN, THANKS)),
    "retention, buys": Way(
        "retention", "Churn Risk Raised", (DAY, "Product Viewed", DAY, "Order Completed"), "converted", (CHECK_IN,)
    ),
    "promotion, buys": Way(
        "promotion", "Promotion Announced", (DAY, "Order Completed"), "converted", ("A week of trails",), (), SALE
    ),
    "promotion, over": Way(
        "promotion", "Promotion Announced", (4 * DAY,), "completed", ("A week of trails",), (), SALE
    ),
}


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about the ways through the journeys."""
    return "version = 1\n"


@pytest.fixture
def journeys() -> Journeys:
    """Those that ship, and nothing else."""
    return discover(("workflows",))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_way_through_a_journey(world: World, way: Way) -> None:
    ada = await Shopper.introduced(world)
    await ada.does(way.trigger, **way.properties)
    run = await ada.run(way.journey)
    for step in way.steps:
        if isinstance(step, timedelta):
            await world.let_pass(run, step)
        else:
            await ada.does(step, **way.properties)
    if way.state is None:
        assert (await run.query("status"))["outcome"] is None
    else:
        assert (await world.outcome(run)).state == way.state
    assert tuple(ada.subjects()) == way.subjects
    assert tuple(task["data"]["to"] for task in world.desk.tasks.values()) == way.desk


@pytest.mark.parametrize(
    ("step", "subjects"), [(30 * DAY, [MISSED, LAST]), (DAY, [MISSED])], ids=["silent", "back after a day"]
)
async def test_whoever_answers_neither_mail_is_on_record_as_to_be_left_in_peace(
    world: World, step: timedelta, subjects: list[str]
) -> None:
    silent = LAST in subjects
    ada = await Shopper.introduced(world)
    await ada.does("Engagement Lapsed")
    run = await ada.run("reengagement")
    await world.let_pass(run, step)
    if not silent:
        await ada.does("Signed In")
    assert (await world.outcome(run)).state == "completed"
    assert ada.subjects() == subjects
    assert await world.pool.fetchval("SELECT traits -> 'sunset' FROM profiles WHERE id = $1", ada.profile_id) is silent


async def test_a_regular_who_stays_away_is_called(world: World) -> None:
    ada = await Shopper.introduced(world)
    for number in range(3):
        await ada.does("Order Completed", order_id=f"o-{number}", revenue=50, currency="EUR")
    await ada.does("Churn Risk Raised")
    run = await ada.run("retention")
    await world.let_pass(run, 25 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert [task["data"]["to"] for task in world.desk.tasks.values()] == ["sales"]
