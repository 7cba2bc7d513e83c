"""The running-shoe story, from events alone: what follows a look without a purchase, and a purchase stops it all."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle

from fermata.enrolment import drawn
from fermata.policy import default_document
from tests.acceptance.shopper import Shopper
from tests.acceptance.world import World
from tests.policies import enact
from workflows.discovery import Journeys, discover

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHOES = {
    "product_id": "trail-3",
    "name": "Trail Runner 3",
    "category": "Running Shoes",
    "price": 129.9,
    "currency": "EUR",
    "rating": 4.7,
    "review_count": 212,
    "review": "Light as a feather, and dry after a day in the mud.",
}
REVIEWS = "What others say about the Trail Runner 3"
OFFERS = {
    "discount": "10% off on your cart, today and tomorrow",
    "free_shipping": "Free shipping on your cart, today and tomorrow",
}
AUDIENCE = "1004"

Run = WorkflowHandle[Any, Any]


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.fixture
def policy() -> str:
    """Everything is allowed: each run has a clock of its own here, and caps would count what one of them did."""
    return "version = 1\n"


@pytest.fixture
def journeys() -> Journeys:
    """Those that ship, and nothing else."""
    return discover(("workflows",))


async def looked(world: World, *, hour: int = 12) -> tuple[Shopper, Run]:
    """Somebody has looked at running shoes, and did not buy."""
    ada = await Shopper.introduced(world, hour=hour)
    await ada.does("Product Viewed", **SHOES)
    return ada, await ada.run("browse_abandonment")


async def in_the_audience(world: World) -> bool:
    await world.tell_platforms()
    return bool(world.ads.of(AUDIENCE))


async def test_the_running_shoe_story_runs_as_written(world: World) -> None:
    await world.pool.executemany(
        "INSERT INTO products (product_id, name, category, price, currency, updated_at)"
        " VALUES ($1, $2, 'Running Shoes', 19.5, 'EUR', now())",
        [("trail-3", "Trail Runner 3"), ("socks", "Merino socks")],
    )
    ada, run = await looked(world)

    await world.let_pass(run, 23 * HOUR)
    assert ada.subjects() == []
    await world.let_pass(run, 2 * HOUR)
    assert ada.subjects() == [REVIEWS]
    body = world.smtp.messages[0].message.get_body(("plain",))
    assert body is not None
    assert "Rated 4.7 out of 5 by 212 people" in body.get_content()

    assert not await in_the_audience(world)
    await world.let_pass(run, 3 * DAY)
    assert await in_the_audience(world)

    await ada.does("Product Added", **SHOES)
    cart = await ada.run("cart_recovery")
    await world.let_pass(run, HOUR / 2)
    await ada.settle()
    ended = await world.outcome(cart)
    assert (ended.state, ended.reason) == ("exited", "Cart Taken Over")
    await world.let_pass(run, HOUR)
    offer = OFFERS[drawn("cart_offer", ada.profile_id, {"discount": 1, "free_shipping": 1})]
    assert ada.subjects() == [REVIEWS, offer]

    await ada.does("Order Completed", order_id="o-1", revenue=129.9, currency="EUR", products=[SHOES])
    bought = await world.outcome(run)
    assert (bought.state, bought.reason) == ("converted", "Order Completed")
    assert not await in_the_audience(world)

    care = await ada.run("post_purchase_care")
    await world.let_pass(care, 25 * HOUR)
    assert ada.subjects() == [REVIEWS, offer, "What goes well with your order"]
    complements = world.smtp.messages[2].message.get_body(("plain",))
    assert complements is not None
    assert "Merino socks" in complements.get_content()
    assert "Trail Runner 3" not in complements.get_content()
    assert await ada.runs() == {
        "browse_abandonment": "converted",
        "cart_recovery": "exited",
        "post_purchase_care": "active",
    }


@pytest.mark.parametrize(
    ("after", "mails"),
    [(HOUR, 0), (2 * DAY, 1), (6 * DAY, 1)],
    ids=["in the first day", "after the reviews", "in the audience"],
)
async def test_a_purchase_stops_it_wherever_it_stands(world: World, after: timedelta, mails: int) -> None:
    ada, run = await looked(world)
    await world.let_pass(run, after)
    await ada.does("Order Completed", order_id="o-1", products=[SHOES])
    assert (await world.outcome(run)).state == "converted"
    assert len(ada.subjects()) == mails
    assert not await in_the_audience(world)


async def test_a_purchase_between_cart_and_offer_means_that_no_offer_goes(world: World) -> None:
    ada, run = await looked(world)
    await world.let_pass(run, 2 * DAY)
    await ada.does("Product Added", **SHOES)
    await world.let_pass(run, HOUR / 2)
    await ada.does("Order Completed", order_id="o-1", products=[SHOES])
    assert (await world.outcome(run)).state == "converted"
    assert ada.subjects() == [REVIEWS]


async def test_a_cart_on_the_day_of_the_look_is_left_to_cart_recovery(world: World) -> None:
    ada, run = await looked(world)
    await ada.does("Product Added", **SHOES)
    assert (await world.outcome(run)).state == "completed"
    await world.let_pass(await ada.run("cart_recovery"), 2 * HOUR)
    assert ada.subjects() == ["Your Trail Runner 3 is still in your cart"]


async def test_an_emptied_cart_ends_it(world: World) -> None:
    ada, run = await looked(world)
    await world.let_pass(run, 2 * DAY)
    await ada.does("Product Added", **SHOES)
    await ada.does("Cart Cleared")
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("exited", "Cart Cleared")


async def test_without_anything_further_it_ends_after_the_ads_and_begins_again_only_weeks_later(world: World) -> None:
    ada, run = await looked(world)
    await world.let_pass(run, 20 * DAY)
    assert (await world.outcome(run)).state == "completed"
    assert ada.subjects() == [REVIEWS]
    assert not await in_the_audience(world)
    await ada.does("Product Viewed", **SHOES)
    assert list(await ada.runs()) == ["browse_abandonment"]


async def test_whoever_has_filled_a_cart_this_week_is_not_followed_for_looking(world: World) -> None:
    ada = await Shopper.introduced(world)
    await ada.does("Product Added", **SHOES)
    await ada.does("Product Viewed", **SHOES)
    assert list(await ada.runs()) == ["cart_recovery"]


async def test_a_cart_that_comes_while_the_reviews_are_held_over_night_keeps_them_from_going(world: World) -> None:
    await enact(world.pool, default_document())
    ada, run = await looked(world, hour=1)
    await world.let_pass(run, 25 * HOUR)
    assert await world.decisions() == [("defer", "outside_window", "email")]
    await ada.does("Product Added", **SHOES)
    await world.let_pass(run, 9 * HOUR)
    assert (await world.decisions())[1] == ("drop", "eligibility_failed", None)
    assert REVIEWS not in ada.subjects()


async def test_on_a_full_cap_the_offer_goes_as_a_card(world: World) -> None:
    await enact(
        world.pool,
        'version = 1\n[channels.email]\ncaps = [{ limit = 1, per = "3d" }]\n'
        'when_capped = "substitute"\nfallback = "in_app"\n',
    )
    ada, run = await looked(world)
    await world.let_pass(run, 2 * DAY)
    await ada.does("Product Added", **SHOES)
    await world.let_pass(run, 2 * HOUR)
    assert ada.subjects() == [REVIEWS]
    assert [(reason, channel) for _, reason, channel in await world.decisions()] == [
        ("eligible", "email"),
        ("substituted", "in_app"),
    ]


async def test_whoever_turns_out_to_be_a_known_customer_is_written_to_where_they_can_be_reached(world: World) -> None:
    visitor = await world.enrol("browse_abandonment", trigger="Product Viewed", addresses={}, consent={})
    user = await world.enrol("double_opt_in", trigger="Subscription Requested")
    run = await world.start(visitor)
    await world.sign_in(visitor, user)
    await world.let_pass(run, 25 * HOUR)
    assert [mail.recipients for mail in world.smtp.messages] == [("ada@example.com",)]
    await world.tell(run, user, "Order Completed")
    assert (await world.outcome(run)).state == "converted"
