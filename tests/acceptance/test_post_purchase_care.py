"""Post-purchase care on skipped time: a run an order, thanks with what goes with it, a question, and what ends it."""

from datetime import timedelta

import pytest

from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHOES = [{"product_id": "trail-3", "name": "Trail Runner 3", "category": "Running Shoes"}]
THANKS = "Thank you for your order"
QUESTION = "How do you like your Trail Runner 3?"


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.fixture
def journeys() -> Journeys:
    """Those that ship, and nothing else."""
    return discover(("workflows",))


@pytest.mark.parametrize(
    ("event", "after", "state", "subjects"),
    [
        ("Order Cancelled", HOUR, "exited", []),
        ("Order Refunded", 3 * DAY, "exited", [THANKS]),
        ("Product Reviewed", 3 * DAY, "converted", [THANKS]),
        ("Product Reviewed", 16 * DAY, "converted", [THANKS, QUESTION]),
        (None, 25 * DAY, "completed", [THANKS, QUESTION]),
    ],
)
async def test_it_thanks_and_asks_until_the_order_is_given_back_or_reviewed(
    world: World, event: str | None, after: timedelta, state: str, subjects: list[str]
) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Order Completed", order_id="o-1", products=SHOES)
    run = await ada.run("post_purchase_care")
    await world.let_pass(run, after)
    if event is not None:
        await ada.does(event, order_id="o-1")
    assert (await world.outcome(run)).state == state
    assert ada.subjects() == subjects


async def test_an_order_that_is_given_back_does_not_end_the_care_for_another(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Order Completed", order_id="o-1", products=SHOES)
    run = await ada.run("post_purchase_care")
    await ada.does("Order Completed", order_id="o-2", products=SHOES)
    await ada.does("Order Refunded", order_id="o-2")
    await world.let_pass(run, 2 * DAY)
    assert ada.subjects() == [THANKS]
