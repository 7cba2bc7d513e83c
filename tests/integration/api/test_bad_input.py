"""Each kind of bad input is refused with its field, kept aside, and leaves nothing half-stored."""

import json
from typing import Any

import httpx
import pytest

from fermata.database import Pool


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"deeper": value}
    return value


GOOD = {"type": "track", "messageId": "m1", "userId": "ada", "event": "Product Added"}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("event", {"event": None}),
    ("event", {"event": 7}),
    ("event", {"event": {"name": "Product Added"}}),
    ("event", {"event": "  "}),
    ("event", {"event": "x" * 256}),
    ("event", {"event": "Product\0Added"}),
    ("userId", {"userId": None}),
    ("userId", {"userId": " "}),
    ("userId", {"userId": True}),
    ("userId", {"userId": ["ada"]}),
    ("userId", {"userId": 12345678901234567890123}),
    ("userId", {"userId": "x" * 256}),
    ("anonymousId", {"anonymousId": {}}),
    ("messageId", {"messageId": {}}),
    ("messageId", {"messageId": "x" * 256}),
    ("timestamp", {"timestamp": "2026-03-08T06:30:00"}),
    ("timestamp", {"timestamp": "2026-03-08"}),
    ("timestamp", {"timestamp": "yesterday"}),
    ("timestamp", {"timestamp": 1773000000}),
    ("timestamp", {"timestamp": "0001-01-01T00:00:00+14:00"}),
    ("originalTimestamp", {"originalTimestamp": "2026-03-08T06:30:00"}),
    ("sentAt", {"sentAt": "2026-03-08T06:30:00"}),
    ("sentAt", {"sentAt": "9999-01-01T00:00:00Z", "timestamp": "1970-01-02T00:00:00Z"}),
    ("properties", {"properties": []}),
    ("properties", {"properties": "price=3"}),
    ("properties.note", {"properties": {"note": "a\0b"}}),
    ("properties.deeper.deeper", {"properties": nested(40)}),
    ("properties.deeper.deeper", {"properties": nested(300)}),
    ("context", {"context": "web"}),
    ("context.timezone", {"context": {"timezone": "Mars/Olympus"}}),
    ("context.timezone", {"context": {"timezone": "../etc/passwd"}}),
    ("context.timezone", {"context": {"timezone": 2}}),
    ("context.device", {"context": {"device": "phone"}}),
    ("context.device.token", {"context": {"device": {"token": 5}}}),
    ("type", {"type": "identify"}),
    ("type", {"type": 5}),
]
BAD_TRAITS: list[tuple[str, object]] = [
    ("traits", []),
    ("traits.email", {"email": 7}),
    ("traits.phone", {"phone": 12125550100}),
    ("traits.push_token", {"push_token": {}}),
    ("traits.timezone", {"timezone": "Paris"}),
    ("traits.address", {"address": "1 Main Street"}),
    ("traits.address.country", {"address": {"country": 1}}),
    ("traits.consent", {"consent": True}),
    ("traits.consent.emial", {"consent": {"emial": {"marketing": "granted"}}}),
    ("traits.consent.email.marketnig", {"consent": {"email": {"marketnig": "granted"}}}),
    ("traits.consent.email.marketing", {"consent": {"email": {"marketing": "yes"}}}),
    ("traits.consent.email.marketing", {"consent": {"email": {"marketing": None}}}),
    ("traits.quiet_hours", {"quiet_hours": "22-07"}),
    ("traits.quiet_hours.end", {"quiet_hours": {"start": "22:00"}}),
    ("traits.quiet_hours.start", {"quiet_hours": {"start": "24:00", "end": "07:00"}}),
    ("traits.quiet_hours", {"quiet_hours": {"start": "07:00", "end": "07:00"}}),
    ("traits.do_not_disturb", {"do_not_disturb": "yes"}),
    ("traits.do_not_disturb_until", {"do_not_disturb_until": "2026-12-24"}),
    ("traits.note", {"note": "\0"}),
]


async def stored(pool: Pool) -> int:
    tables = ("events", "profiles", "identities", "journey_runs", "dispatches")
    counts = [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - our own names
    return sum(counts)


@pytest.mark.parametrize(
    ("path", "cases"),
    [
        ("/v1/track", [(field, GOOD | change) for field, change in BAD]),
        ("/v1/identify", [(field, {"userId": "ada", "traits": traits}) for field, traits in BAD_TRAITS]),
    ],
    ids=["track", "identify"],
)
async def test_bad_input_is_refused_with_its_field_and_kept_aside(
    sender: httpx.AsyncClient, pool: Pool, path: str, cases: list[tuple[str, dict[str, Any]]]
) -> None:
    for field, payload in cases:
        answer = await sender.post(path, content=json.dumps(payload))  # orjson would not write what is too deep
        assert answer.status_code == 400, payload
        error = answer.json()["error"]
        assert error["field"] == field, payload
        assert error["message"], payload
        assert await stored(pool) == 0, payload
        kept = await pool.fetchrow("SELECT field, reason FROM rejected_events ORDER BY id DESC LIMIT 1")
        assert kept is not None
        assert tuple(kept) == (field, error["message"])
    assert await pool.fetchval("SELECT count(*) FROM rejected_events") == len(cases)


async def test_bad_input_in_a_batch_is_refused_with_the_same_fields(sender: httpx.AsyncClient, pool: Pool) -> None:
    cases = [(field, GOOD | change) for field, change in BAD if field != "type"]
    cases += [(field, {"type": "identify", "userId": "ada", "traits": traits}) for field, traits in BAD_TRAITS]
    good = GOOD | {"messageId": "the good one"}
    answer = await sender.post("/v1/batch", content=json.dumps({"batch": [*(each for _, each in cases), good]}))
    assert answer.status_code == 200
    assert [each["field"] for each in answer.json()["rejected"]] == [field for field, _ in cases]
    assert await pool.fetchval("SELECT array_agg(message_id) FROM events") == ["the good one"]
