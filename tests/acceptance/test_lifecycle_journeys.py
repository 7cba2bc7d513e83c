"""What journeys leave behind beside their messages: a trait, a call; and their words, from events alone."""

from datetime import timedelta

import pytest

from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover

DAY = timedelta(days=1)
MISSED, LAST = "It has been a while", "Shall we stay in touch?"


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


SAID = {
    ("welcome", "Signed Up"): [
        "Welcome to our shop",
        "Three small steps to begin with",
        "Can we help you with anything?",
    ],
    ("trial_activation", "Trial Started"): ["The first five minutes, together"],
    ("lead_nurture", "Lead Captured"): ["A short guide to begin with", "How others do it"],
    ("support_followup", "Support Ticket Solved"): ["Did we solve it?"],
    ("promotion", "Promotion Announced"): ["A week of trails"],
}


async def test_whoever_does_nothing_hears_this_in_these_words(world: World) -> None:
    ada = await Shopper.introduced(world)
    sale = {"promotion_id": "p-1", "title": "A week of trails", "body": "All shoes.", "code": "WOODS"}
    for (journey, trigger), subjects in SAID.items():
        before = len(ada.subjects())
        await ada.does(trigger, ticket_id="t-1", **sale)
        await world.let_pass(await ada.run(journey), 20 * DAY)
        assert ada.subjects()[before:] == subjects


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
