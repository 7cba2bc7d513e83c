"""The calls of the Segment spec besides track, identify and batch, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fermata.database import Pool


async def post(sender: httpx.AsyncClient, call: str, **message: Any) -> dict[str, Any]:
    answer = await sender.post(f"/v1/{call}", json=message)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def names(pool: Pool) -> dict[tuple[str, str], Any]:
    rows = await pool.fetch("SELECT kind, value, profile_id FROM identities")
    return {(row["kind"], row["value"]): row["profile_id"] for row in rows}


async def test_pages_and_screens_are_events_of_their_own_name(sender: httpx.AsyncClient, pool: Pool) -> None:
    await post(sender, "page", anonymousId="d", name="Home", properties={"path": "/"})
    await post(sender, "screen", anonymousId="d", name="Cart")
    rows = await pool.fetch("SELECT type, name, properties FROM events ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("page", "Viewed Home Page", {"name": "Home", "path": "/"}),
        ("screen", "Viewed Cart Screen", {"name": "Cart"}),
    ]


async def test_a_group_is_kept_with_the_profile_of_its_member(sender: httpx.AsyncClient, pool: Pool) -> None:
    await post(sender, "identify", userId="ada", traits={"plan": "pro"})
    await post(sender, "group", userId="ada", groupId="g1", traits={"name": "Initech"})
    assert await pool.fetchval("SELECT traits FROM profiles") == {
        "plan": "pro",
        "group": {"id": "g1", "name": "Initech"},
    }


async def test_an_alias_joins_a_visitor_to_the_user_that_they_became(sender: httpx.AsyncClient, pool: Pool) -> None:
    await post(sender, "track", anonymousId="visitor-7", event="Product Viewed")
    await post(sender, "alias", previousId="visitor-7", userId="ada")
    await post(sender, "track", userId="ada", event="Product Viewed")
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 1
    assert {("anonymous_id", "visitor-7"), ("user_id", "ada")} <= set(await names(pool))


async def test_an_alias_between_two_people_on_record_makes_them_one(sender: httpx.AsyncClient, pool: Pool) -> None:
    await post(sender, "track", userId="former", event="Product Viewed")
    await post(sender, "track", userId="ada", event="Product Viewed")
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 2
    await post(sender, "alias", previousId="former", userId="ada")
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 1
    assert await pool.fetchval("SELECT count(*) FROM events JOIN profiles p ON p.id = profile_id") == 3


async def test_an_alias_of_somebody_elses_device_is_marked_and_joins_nobody(
    sender: httpx.AsyncClient, pool: Pool
) -> None:
    await post(sender, "track", anonymousId="kiosk", userId="bob", event="Product Viewed")
    await post(sender, "alias", previousId="kiosk", userId="ada")
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 2
    assert await pool.fetchval("SELECT marks FROM events WHERE type = 'alias'") == ["left_apart"]


async def test_a_time_in_the_future_is_marked_with_the_event(sender: httpx.AsyncClient, pool: Pool) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    await post(sender, "track", userId="ada", event="Product Viewed", timestamp=tomorrow)
    row = await pool.fetchrow("SELECT marks, occurred_at = received_at AS now FROM events")
    assert row is not None
    assert tuple(row) == (["clamped_from_future"], True)


@pytest.mark.parametrize(("call", "marks"), [("batch", []), ("import", ["historical"])])
async def test_a_trigger_of_last_year_is_stored_and_starts_nothing(
    sender: httpx.AsyncClient, pool: Pool, call: str, marks: list[str]
) -> None:
    old = {"type": "track", "userId": "ada", "event": "Product Added", "timestamp": "2025-03-08T06:30:00Z"}
    told = await post(sender, call, batch=[old])
    assert told == {"success": True, "accepted": 1, "duplicates": 0, "rejected": []}
    row = await pool.fetchrow("SELECT routing, marks, occurred_at FROM events")
    assert row is not None
    assert tuple(row) == ({"cart": "event_too_late"}, marks, datetime(2025, 3, 8, 6, 30, tzinfo=UTC))
    assert await pool.fetchval("SELECT count(*) FROM journey_runs") == 0


async def test_an_old_goal_ends_a_run_that_waits_for_it_but_an_imported_one_does_not(
    sender: httpx.AsyncClient, pool: Pool
) -> None:
    await post(sender, "track", userId="ada", event="Product Added")
    bought = {"type": "track", "userId": "ada", "event": "Order Completed", "timestamp": "2025-03-08T06:30:00Z"}
    await post(sender, "import", batch=[{**bought, "messageId": "imported"}])
    await post(sender, "batch", batch=[{**bought, "messageId": "late"}])
    rows = await pool.fetch("SELECT message_id, routing FROM events WHERE name = 'Order Completed'")
    assert {row["message_id"]: row["routing"] for row in rows} == {
        "imported": {"cart": "event_too_late"},
        "late": {"cart": "reached"},
    }


async def test_an_event_under_another_name_starts_what_its_standard_name_starts(
    sender: httpx.AsyncClient, pool: Pool
) -> None:
    properties = {"product_id": 44600062, "price": "35.79", "currency": "eur", "colour": "red"}
    await post(sender, "track", userId="ada", event="added_to_cart", properties=properties)
    row = await pool.fetchrow("SELECT name, original_name, properties, routing FROM events")
    assert row is not None
    assert tuple(row) == (
        "Product Added",
        "added_to_cart",
        {"product_id": "44600062", "price": 35.79, "currency": "EUR", "colour": "red"},
        {"cart": "started"},
    )


async def test_a_property_that_cannot_be_is_refused_by_its_field(sender: httpx.AsyncClient, pool: Pool) -> None:
    order = {"products": [{"price": 1}, {"price": "free"}]}
    answer = await sender.post("/v1/track", json={"userId": "ada", "event": "purchase", "properties": order})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "properties.products.1.price")
    assert await pool.fetchval("SELECT count(*) FROM events") == 0
