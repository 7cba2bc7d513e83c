"""Post-purchase care on skipped time: a run an order, thanks with what goes with it, a question, and what ends it."""

from datetime import timedelta

import pytest

from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from workflows.discovery import Journeys, discover

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


async def test_it_thanks_with_the_words_of_the_order_and_asks_two_weeks_later(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Order Completed", order_id="o-1", products=SHOES)
    run = await ada.run("post_purchase_care")
    await world.let_pass(run, 16 * DAY)
    await ada.does("Product Reviewed", order_id="o-1")
    assert (await world.outcome(run)).state == "converted"
    assert ada.subjects() == [THANKS, QUESTION]


async def test_an_order_that_is_given_back_does_not_end_the_care_for_another(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Order Completed", order_id="o-1", products=SHOES)
    run = await ada.run("post_purchase_care")
    await ada.does("Order Completed", order_id="o-2", products=SHOES)
    await ada.does("Order Refunded", order_id="o-2")
    await world.let_pass(run, 2 * DAY)
    assert ada.subjects() == [THANKS]
