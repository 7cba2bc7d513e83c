"""Payloads that chance has bent: each is taken or refused in words, none breaks the door, none is stored in part."""

import json
from typing import Any, get_args

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Pool
from fermata.events import Kind
from tests.unit.events.bent_payloads import IDENTIFY, OTHER_CALLS, TRACK, bent, odd_value

_SETTINGS = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


bent_call = st.one_of(*map(bent, (TRACK, IDENTIFY, *OTHER_CALLS)))


async def stored(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM events")
    return count


@_SETTINGS
@given(payload=bent_call)
async def test_a_bent_message_is_taken_whole_or_refused_in_words(
    sender: httpx.AsyncClient, pool: Pool, payload: dict[str, Any]
) -> None:
    before = await stored(pool)
    kind = payload.get("type")
    door = kind if kind in get_args(Kind) else "track"
    answer = await sender.post(f"/v1/{door}", content=json.dumps(payload))
    assert answer.status_code in {200, 400, 413}
    told = answer.json()
    assert await stored(pool) - before == told.get("accepted", 0)
    if not told["success"]:
        assert told["error"]["message"]


@_SETTINGS
@given(batch=st.lists(bent_call | odd_value, max_size=6), door=st.sampled_from(["batch", "import"]))
async def test_a_batch_of_bent_messages_accounts_for_each_of_them(
    sender: httpx.AsyncClient, pool: Pool, batch: list[Any], door: str
) -> None:
    before = await stored(pool)
    answer = await sender.post(f"/v1/{door}", content=json.dumps({"batch": batch}))
    assert answer.status_code in {200, 400, 413}
    told = answer.json()
    assert await stored(pool) - before == told.get("accepted", 0)
    if told["success"]:
        assert told["accepted"] + told["duplicates"] + len(told["rejected"]) == len(batch)


@_SETTINGS
@given(
    body=st.binary(max_size=200)
    | bent({"batch": [TRACK], "sentAt": "2026-03-08T06:30:01Z", "context": {}}).map(
        lambda value: json.dumps(value).encode()
    )
)
async def test_any_body_at_all_gets_an_answer(sender: httpx.AsyncClient, body: bytes) -> None:
    answer = await sender.post("/v1/batch", content=body)
    assert answer.status_code in {200, 400, 413}
