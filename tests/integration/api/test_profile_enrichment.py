"""The view of a person tells where they are, how they came and how far they have come, by what came in at the door."""

from typing import Any

import httpx
from fastapi import status

from fermata.database import Pool

HERE = "https://shop.example.com/"


async def _view(operator: httpx.AsyncClient, pool: Pool) -> dict[str, Any]:
    profile_id = await pool.fetchval("SELECT profile_id FROM identities WHERE kind = 'user_id'")
    answer = await operator.get(f"/api/v1/profiles/{profile_id}")
    assert answer.status_code == status.HTTP_200_OK, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def test_the_view_tells_where_somebody_is_and_from_what_that_is_known(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient, pool: Pool
) -> None:
    location = {"city": "München", "region": "Bayern", "country": "Germany"}
    seen = {"userId": "ada", "event": "Seen", "context": {"location": location, "timezone": "Europe/Berlin"}}
    await sender.post("/v1/track", json=seen)
    place = (await _view(operator, pool))["place"]
    assert (place["city"], place["city_source"]) == ("München", "device")
    assert (place["country"], place["country_source"], place["time_zone_source"]) == ("DE", "device", "device")
    address = {"city": "Lyon", "country": "France"}
    await sender.post("/v1/identify", json={"userId": "ada", "traits": {"address": address}})
    await sender.post("/v1/track", json=seen)
    place = (await _view(operator, pool))["place"]
    assert (place["city"], place["city_source"]) == ("Lyon", "address")
    assert (place["country"], place["country_source"], place["device_country"]) == ("FR", "address", "DE")


async def test_the_view_tells_how_somebody_came_and_how_far_they_have_come(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient, pool: Pool
) -> None:
    page = {"url": f"{HERE}?gclid=abc", "referrer": "https://www.google.com/"}
    await sender.post("/v1/page", json={"userId": "ada", "context": {"page": page}})
    view = await _view(operator, pool)
    assert view["lifecycle"]["stage"] == "visitor"
    assert (view["acquisition"]["first"]["channel"], view["acquisition"]["first"]["source"]) == (
        "paid_search",
        "google",
    )
    for order in ("o1", "o2"):
        bought = {"userId": "ada", "event": "Order Completed", "properties": {"order_id": order}}
        await sender.post("/v1/track", json=bought)
    lifecycle = (await _view(operator, pool))["lifecycle"]
    assert (lifecycle["stage"], lifecycle["orders"]) == ("repeat_customer", 2)
