"""Each of the four signals brings about its own next best action, from events alone; without one nothing is said."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from fermata.enrolment import drawn
from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOE = {"category": "Running Shoes", "name": "Trail Runner 3", "price": 129.9, "currency": "EUR"}
ON_PAGE = {"page": {"path": "/shoes", "url": "https://shop.example/shoes"}}
REFERRED = {"page": {**ON_PAGE["page"], "referrer": "https://a-friend.example/blog"}}
WEIGHTS = {"done": 0.9, "held_out": 0.1}


@dataclass(frozen=True)
class Doing:
    """A call that the person made, so long ago."""

    ago: timedelta
    event: str | None
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> dict[str, Any]:
        """In the Segment spec."""
        kind = {"type": "page"} if self.event is None else {"type": "track", "event": self.event}
        return {**kind, "properties": self.properties, "context": self.context}


@dataclass(frozen=True)
class Signal:
    """What somebody did, and what is to come next."""

    action: str
    subject: str
    doings: tuple[Doing, ...]


CATEGORY = Signal(
    "compare_guide",
    "Which one is it to be?",
    tuple(Doing(timedelta(minutes=minutes), "Product List Viewed", SHOE) for minutes in (60, 30, 0)),
)
CART = Signal(
    "trust_and_flexible_pay",
    "Your cart, paid as it suits you",
    (Doing(3 * DAY, "Product Added", SHOE), Doing(timedelta(0), "Product Added", SHOE)),
)
WARM = Signal(
    "welcome_offer",
    "10% off to begin with",
    (
        Doing(timedelta(minutes=5), None, {}, REFERRED),
        Doing(timedelta(0), "Product List Viewed", {"category": "Socks"}, ON_PAGE),
    ),
)
TRIAL = Signal(
    "feature_tips",
    "The next step, now that you are under way",
    (Doing(60 * HOUR, "Trial Started"), Doing(timedelta(0), "Feature Used", {"feature": "export"})),
)


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about the choice."""
    return "version = 1\n"


@pytest.fixture
def journeys() -> Journeys:
    """That one alone."""
    return discover(("workflows.next_best_action",))


def shown(action: str, what: str) -> Callable[[UUID], bool]:
    """Those for whom this is drawn of an action."""
    return lambda profile_id: drawn(f"next_best_action.{action}", profile_id, WEIGHTS) == what


async def after(world: World, signal: Signal, *, drawn_for: str = "done", but: Collection[UUID] = ()) -> Shopper:
    """Somebody, none of these, did what the signal is about, some hours ago."""
    is_drawn = shown(signal.action, drawn_for)
    ada = await Shopper.introduced(world, suits=lambda profile_id: profile_id not in but and is_drawn(profile_id))
    for doing in signal.doings:
        await ada.says(doing.call, ago=doing.ago)
    run = await ada.run("next_best_action")
    await world.let_pass(run, 2 * HOUR)
    return ada


async def test_each_signal_brings_about_its_action_and_the_reason_is_on_record(world: World) -> None:
    people: dict[UUID, Signal] = {}
    for signal in (CATEGORY, CART, WARM, TRIAL):
        ada = await after(world, signal, but=people)
        people[ada.profile_id] = signal
        assert ada.subjects()[-1] == signal.subject
    run = await ada.run("next_best_action")
    await ada.does("Order Completed", order_id="o-1")
    assert (await world.outcome(run)).state == "converted"
    rows = await world.pool.fetch("SELECT * FROM next_best_actions")
    assert {row["profile_id"]: row["action"] for row in rows} == {who: each.action for who, each in people.items()}
    for row in rows:
        assert len(row["considered"]) == 4
        [seen] = [each for each in row["considered"] if each["holds"]]
        assert seen["action"] == row["action"]
        assert "yes" in seen["seen"]


async def test_whoever_did_none_of_it_is_in_no_such_journey(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Product List Viewed", category="Running Shoes")
    await ada.does("Product Added", **SHOE)
    assert await ada.runs() == {}


async def test_a_signal_that_has_faded_when_the_visit_is_over_is_let_go(world: World) -> None:
    ada = await Shopper.introduced(world)
    for doing in CART.doings:
        await ada.says(doing.call, ago=doing.ago)
    await ada.does("Checkout Started")
    run = await ada.run("next_best_action")
    await world.let_pass(run, 2 * HOUR)
    assert (await world.outcome(run)).state == "completed"
    assert ada.subjects() == []
    assert tuple(await world.pool.fetchrow("SELECT action, why FROM next_best_actions")) == (None, "no signal holds")


async def test_whoever_is_held_out_of_an_action_hears_nothing_and_is_on_record_beside_the_others(world: World) -> None:
    ada = await after(world, CART, drawn_for="held_out")
    assert ada.subjects() == []
    assert await world.pool.fetchval("SELECT held_out FROM next_best_actions WHERE action = $1", CART.action) is True
    shown = await world.pool.fetchrow("SELECT experiment, variant FROM variant_exposures")
    assert tuple(shown) == (f"next_best_action.{CART.action}", "held_out")
