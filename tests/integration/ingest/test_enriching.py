"""Events on their way in: what the catalogue adds, what it costs, and that the order of arrival changes nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from fermata.catalogue import Product, put
from fermata.database import Pool, open_pool
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.profiles.acquisition import read_acquisition
from fermata.segments import did, its, matches
from tests.integration.ingest.test_cost import statements

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SHOE = Product("1", "S-1", "Trail shoe", "Shoes", "Acme", Decimal("89.90"), "EUR", "https://s/1", "https://s/1.jpg")
HERE = "https://shop.example.com/"


def track(number: int, name: str, properties: dict[str, Any], **changes: Any) -> IncomingEvent:
    payload = {"type": "track", "event": name, "userId": "ada", "messageId": f"m{number}", "properties": properties}
    payload["timestamp"] = (NOON - timedelta(minutes=number)).isoformat()
    return parse({**payload, **changes}, received_at=NOON)


async def test_what_the_catalogue_adds_reaches_the_store_the_journey_and_segments(pool: Pool, door: Ingest) -> None:
    await put(pool, [SHOE], NOON)
    await door.accept([track(1, "Product Added", {"product_id": "1", "name": "Mine", "quantity": 2})], (), NOON)
    row = await pool.fetchrow("SELECT profile_id, properties, enrichment FROM events")
    assert row is not None
    assert row["properties"] == {
        "product_id": "1",
        "name": "Mine",
        "quantity": 2,
        "category": "Shoes",
        "brand": "Acme",
        "price": 89.9,
        "currency": "EUR",
        "url": "https://s/1",
        "image_url": "https://s/1.jpg",
    }
    assert row["enrichment"] == {"added": ["category", "brand", "url", "image_url", "price", "currency"]}
    told = await pool.fetchval("SELECT payload -> 'properties' FROM dispatches")
    assert (told["category"], told["price"]) == ("Shoes", 89.9)
    dear = did("Product Added", where=(its("category") == "Shoes", its("price") >= 50))
    assert await matches(pool, dear, row["profile_id"], NOON)


async def test_a_product_that_nobody_knows_changes_nothing(pool: Pool, door: Ingest) -> None:
    await door.accept([track(1, "Product Viewed", {"product_id": "unknown"})], (), NOON)
    assert tuple(await pool.fetchrow("SELECT properties, enrichment FROM events") or ()) == (
        {"product_id": "unknown"},
        {},
    )


async def test_a_batch_asks_the_catalogue_once_and_without_a_product_not_at_all(
    database_url: str, registry: Registry
) -> None:
    async with open_pool(database_url, most=1) as pool:
        await put(pool, [SHOE], NOON)
        await statements(pool, registry, [track(n, "Unheard Of", {"product_id": "1"}) for n in range(1, 30)])
        await statements(pool, registry, [track(n, "Product Clicked", {"product_id": "1"}) for n in range(30, 60)])
        none = [track(n, "Unheard Of", {"product_id": "1"}) for n in range(60, 100)]
        without = await statements(pool, registry, none)
        some = [track(n, "Product Clicked", {"product_id": "1", "sku": "S-1"}) for n in range(100, 140)]
        assert await statements(pool, registry, some) == without + 1


def visit(number: int, person: int, page: dict[str, Any], *names: str) -> IncomingEvent:
    payload = {"type": "page", "messageId": f"v{person}-{number}", "context": {"page": page}}
    who = {name: f"{name}-{person}" for name in names}
    return parse({**payload, **who, "timestamp": (NOON - timedelta(hours=number)).isoformat()}, received_at=NOON)


def a_way_to_us(person: int) -> list[IncomingEvent]:
    """A visitor comes by a search, then by mail as somebody who is known, then by typing the address in."""
    tagged = f"{HERE}?utm_source=news&utm_medium=email&utm_campaign=spring"
    return [
        visit(9, person, {"url": HERE, "referrer": "https://www.google.com/"}, "anonymousId"),
        visit(8, person, {"url": HERE, "referrer": HERE}, "anonymousId"),
        visit(5, person, {"url": tagged, "referrer": ""}, "userId"),
        visit(4, person, {"url": HERE, "referrer": HERE}, "anonymousId", "userId"),
        visit(2, person, {"url": HERE, "referrer": ""}, "userId"),
    ]


async def test_first_and_latest_touch_are_the_same_in_whatever_order_events_come_in(pool: Pool, door: Ingest) -> None:
    for person in range(8):
        events = a_way_to_us(person)
        Random(person).shuffle(events)  # noqa: S311 - an order of arrival, the same each time
        for event in events:
            await door.accept([event], (), NOON)
        profile_id: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE value = $1", f"userId-{person}")
        known = await read_acquisition(pool, profile_id, NOON)
        assert known.first is not None
        assert known.latest is not None
        assert (known.first.channel, known.first.source) == ("organic_search", "google")
        assert known.first.at == NOON - timedelta(hours=9)
        assert (known.latest.channel, known.latest.campaign) == ("email", "spring")
        assert known.latest.at == NOON - timedelta(hours=5)
