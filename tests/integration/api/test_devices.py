"""Devices over HTTP: a browser's subscription is stated, listed without its token, and taken back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from tests.integration.api.served import Served

P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
AUTH = "tBHItJI5svbpez7KI4CCXg"
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/abc"
SUBSCRIPTION = {
    "endpoint": ENDPOINT,
    "expirationTime": None,
    "keys": {"p256dh": P256DH, "auth": AUTH},
}


@pytest.fixture
async def ada(pool: Pool) -> UUID:
    """A person with a phone."""
    now = datetime.now(UTC)
    context = {"device": {"token": "token-of-adas-phone", "type": "ios"}}
    event = parse({"type": "track", "event": "X", "userId": "ada", "context": context}, received_at=now)
    await Ingest(pool, Registry({})).accept([event], (), now)
    found: UUID = await pool.fetchval("SELECT id FROM profiles")
    return found


async def test_a_browser_is_a_device_beside_the_phone_until_it_is_taken_back(
    operator: httpx.AsyncClient, pool: Pool, ada: UUID
) -> None:
    path = f"/api/v1/profiles/{ada}/devices"
    added = await operator.post(path, json={"subscription": SUBSCRIPTION, "app": "shop"})
    assert added.status_code == 200
    browser, phone = added.json()["devices"]
    assert (browser["platform"], browser["app"], browser["live"]) == ("web", "shop", True)
    assert (phone["platform"], phone["token"]) == ("ios", "token-of…")
    assert AUTH not in added.text
    assert ENDPOINT not in added.text
    assert await pool.fetchval("SELECT addresses->>'push' FROM profiles") == ENDPOINT
    for _ in range(2):
        after = (await operator.delete(f"{path}/{browser['id']}")).json()["devices"]
        assert [(each["live"], each["reason"]) for each in after] == [(True, None), (False, "withdrawn")]
    assert await pool.fetchval("SELECT addresses->>'push' FROM profiles") == "token-of-adas-phone"
    again = (await operator.post(path, json={"subscription": SUBSCRIPTION})).json()["devices"]
    assert [each["live"] for each in again] == [True, True]
    assert (await operator.get(path)).json()["devices"] == again


async def test_a_token_of_an_app_is_stated_as_well(operator: httpx.AsyncClient, ada: UUID) -> None:
    added = await operator.post(f"/api/v1/profiles/{ada}/devices", json={"token": "tablet", "platform": "android"})
    assert [each["platform"] for each in added.json()["devices"]] == ["android", "ios"]


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ({}, "", "give either token or subscription"),
        ({"token": "t", "subscription": SUBSCRIPTION}, "", "give either token or subscription"),
        ({"token": "two words"}, "token", "must look like"),
        ({"token": "t", "platform": "toaster"}, "platform", "toaster"),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "http://push.example/1"}}, "subscription.endpoint", "https"),
        ({"subscription": {**SUBSCRIPTION, "endpoint": "https://a@push.example/1"}}, "subscription.endpoint", "https"),
        ({"subscription": {"endpoint": "https://a.example/1"}}, "subscription.keys", "is missing"),
        (
            {"subscription": {**SUBSCRIPTION, "keys": {"p256dh": P256DH, "auth": "AAAA"}}},
            "subscription.keys.auth",
            "16 bytes",
        ),
        (
            {"subscription": {**SUBSCRIPTION, "keys": {"p256dh": "é", "auth": AUTH}}},
            "subscription.keys.p256dh",
            "base64url",
        ),
    ],
    ids=["nothing", "both", "blank", "platform", "http", "user", "no keys", "short secret", "no base64"],
)
async def test_what_is_no_device_is_refused_with_its_field(
    operator: httpx.AsyncClient, ada: UUID, body: dict[str, Any], field: str, told: str
) -> None:
    answer = await operator.post(f"/api/v1/profiles/{ada}/devices", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json().get("field", "") == field
    assert told in answer.json()["detail"]


async def test_nobody_and_a_device_of_nobody_are_not_found(operator: httpx.AsyncClient, ada: UUID) -> None:
    nobody = UUID(int=7)
    assert (await operator.get(f"/api/v1/profiles/{nobody}/devices")).status_code == 404
    assert (await operator.post(f"/api/v1/profiles/{nobody}/devices", json={"token": "t"})).status_code == 404
    assert (await operator.delete(f"/api/v1/profiles/{ada}/devices/{'0' * 64}")).status_code == 404
    assert (await operator.delete(f"/api/v1/profiles/{ada}/devices/nonsense")).status_code == 422


async def test_a_write_key_sees_and_changes_no_devices(served: Served, ada: UUID) -> None:
    headers = {"Authorization": f"Bearer {served.write_key}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
        assert (await client.get(f"/api/v1/profiles/{ada}/devices")).status_code == 403
        assert (await client.post(f"/api/v1/profiles/{ada}/devices", json={"token": "t"})).status_code == 403
