"""Sending events over HTTP: what is stored, what is answered."""

import base64
import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from fermata.database import Pool
from tests.integration.api.served import Served


def track(message_id: str = "m1", **more: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": message_id, "userId": "ada", "event": "Product Added", **more}


async def test_a_track_call_is_stored_when_it_is_answered(sender: httpx.AsyncClient, pool: Pool) -> None:
    answer = await sender.post("/v1/track", json=track(properties={"price": 9.5}))
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": 1, "duplicates": 0, "rejected": []}
    row = await pool.fetchrow("SELECT type, name, properties, routing FROM events")
    assert row is not None
    assert tuple(row) == ("track", "Product Added", {"price": 9.5}, {"cart": "started"})


async def test_the_same_message_again_is_a_success_without_effect(sender: httpx.AsyncClient, pool: Pool) -> None:
    for duplicates in (0, 1):
        answer = await sender.post("/v1/track", json=track())
        assert answer.status_code == 200
        assert answer.json()["duplicates"] == duplicates
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 1


async def test_an_identify_call_sets_the_facts_of_the_profile(sender: httpx.AsyncClient, pool: Pool) -> None:
    traits = {
        "email": "Ada@Example.com",
        "phone": "+1 (212) 555-0100",
        "timezone": "America/New_York",
        "address": {"city": "New York", "country": "US", "state": "NY"},
        "consent": {"email": {"marketing": "granted"}},
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "do_not_disturb_until": "2026-12-24T00:00:00Z",
        "first_name": "Ada",
    }
    answer = await sender.post("/v1/identify", json={"userId": "ada", "traits": traits, "context": {"locale": "en-US"}})
    assert answer.status_code == 200
    row = await pool.fetchrow("SELECT * FROM profiles")
    assert row is not None
    assert row["addresses"] == {"email": "ada@example.com", "sms": "+12125550100"}
    assert (row["time_zone"], row["country"], row["subdivision"]) == ("America/New_York", "US", "NY")
    assert row["locale"] == "en-US"
    assert row["consent"] == {"email": {"marketing": "granted"}}
    assert row["quiet_hours"] == {"start": "22:00", "end": "07:00"}
    assert row["do_not_disturb_until"] == datetime(2026, 12, 24, tzinfo=UTC)
    assert row["traits"] == {"first_name": "Ada", "address": {"city": "New York", "country": "US", "state": "NY"}}


async def test_one_bad_message_does_not_lose_the_others_of_its_batch(sender: httpx.AsyncClient, pool: Pool) -> None:
    bad = track("bad", timestamp="2026-03-08T06:30:00")
    nobody = {"type": "track", "event": "Product Viewed"}
    batch = [track("m1"), bad, track("m2"), "no object", nobody, track("m1")]
    answer = await sender.post("/v1/batch", json={"batch": batch})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["duplicates"]) == (2, 1)
    assert [(each["index"], each["messageId"], each["field"]) for each in told["rejected"]] == [
        (1, "bad", "timestamp"),
        (3, None, ""),
        (4, None, "userId"),
    ]
    rows = await pool.fetch("SELECT field, reason, payload FROM rejected_events ORDER BY id")
    assert [row["field"] for row in rows] == ["timestamp", "", "userId"]
    assert orjson.loads(rows[0]["payload"]) == bad
    assert "event_no_identity" in rows[2]["reason"]


async def test_the_context_of_a_batch_is_that_of_its_messages(sender: httpx.AsyncClient, pool: Pool) -> None:
    body = {
        "context": {"timezone": "Europe/Paris", "library": {"name": "test"}},
        "batch": [track("m1"), track("m2", userId="bob", context={"timezone": "Asia/Tokyo"})],
    }
    assert (await sender.post("/v1/batch", json=body)).status_code == 200
    rows = await pool.fetch("SELECT device_time_zone FROM profiles JOIN identities ON profile_id = id ORDER BY value")
    assert [row["device_time_zone"] for row in rows] == ["Europe/Paris", "Asia/Tokyo"]
    assert await pool.fetchval("SELECT context->'library'->>'name' FROM events LIMIT 1") == "test"


async def test_a_sender_whose_clock_is_a_year_slow_is_put_right_by_sent_at(
    sender: httpx.AsyncClient, pool: Pool
) -> None:
    theirs = datetime.now(UTC) - timedelta(days=365)
    message = track(timestamp=(theirs - timedelta(minutes=5)).isoformat())
    await sender.post("/v1/batch", json={"batch": [message], "sentAt": theirs.isoformat()})
    row = await pool.fetchrow("SELECT occurred_at, received_at FROM events")
    assert row is not None
    lag = row["received_at"] - row["occurred_at"]
    assert timedelta(minutes=5) <= lag + timedelta(seconds=1) < timedelta(minutes=6)


async def test_an_empty_batch_is_a_success(sender: httpx.AsyncClient) -> None:
    answer = await sender.post("/v1/batch", json={"batch": []})
    assert answer.json() == {"success": True, "accepted": 0, "duplicates": 0, "rejected": []}


async def test_a_key_in_the_body_is_as_good_as_one_in_the_header_and_is_stored_nowhere(
    served: Served, pool: Pool
) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        good = await client.post("/v1/track", json=track(writeKey=served.write_key))
        bad = await client.post("/v1/track", json=track(writeKey=served.write_key, event=7))
        batch = await client.post("/v1/batch", json={"batch": [track("m2")], "writeKey": served.write_key})
    assert (good.status_code, bad.status_code, batch.status_code) == (200, 400, 200)
    kept = str(await pool.fetch("SELECT * FROM rejected_events")) + str(await pool.fetch("SELECT * FROM events"))
    assert "fk_write_" not in kept


@pytest.mark.parametrize("key", [None, "wrong", "fk_write_" + "A" * 43, "é"])
async def test_without_the_right_key_nothing_is_stored(served: Served, pool: Pool, key: str | None) -> None:
    headers = {}
    if key is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
        for body in (track(), track(event=7), "no object"):
            answer = await client.post("/v1/track", json=body)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert answer.json()["success"] is False
        assert (await client.post("/v1/track", content=b"{")).status_code == 401
    assert await pool.fetchval("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM rejected_events)") == 0


async def test_the_admin_key_may_send_events_too(operator: httpx.AsyncClient, served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, auth=(served.admin_key, "")) as client:
        assert (await client.post("/v1/track", json=track())).status_code == 200
    assert (await operator.post("/v1/track", json=track())).status_code == 401  # but not as a bearer


async def test_a_packed_body_is_unpacked(sender: httpx.AsyncClient, pool: Pool) -> None:
    packed = gzip.compress(orjson.dumps({"batch": [track(f"m{n}") for n in range(50)]}))
    answer = await sender.post("/v1/batch", content=packed, headers={"Content-Encoding": "gzip"})
    assert answer.json()["accepted"] == 50
    assert await pool.fetchval("SELECT count(*) FROM events") == 50
