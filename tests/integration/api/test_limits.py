"""What is too large, too packed or no JSON at all: refused with the right status, and the door stays open."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from fermata.database import Pool


def track(message_id: str = "m1", **more: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": message_id, "userId": "ada", "event": "Product Viewed", **more}


def of_size(size: int) -> bytes:
    empty = orjson.dumps(track(properties={"filler": ""}))
    return orjson.dumps(track(properties={"filler": "x" * (size - len(empty))}))


async def test_a_message_of_32_kb_is_taken_and_one_byte_more_is_not(sender: httpx.AsyncClient) -> None:
    assert (await sender.post("/v1/track", content=of_size(32 * 1024))).status_code == 200
    answer = await sender.post("/v1/track", content=of_size(32 * 1024 + 1))
    assert answer.status_code == 413
    assert "32 KB" in answer.json()["error"]["message"]


async def test_a_message_over_32_kb_in_a_batch_loses_only_itself(sender: httpx.AsyncClient, pool: Pool) -> None:
    large = orjson.loads(of_size(32 * 1024 + 1))
    answer = await sender.post("/v1/batch", json={"batch": [large, track("m2")]})
    assert answer.json()["accepted"] == 1
    assert [each["index"] for each in answer.json()["rejected"]] == [0]
    assert await pool.fetchval("SELECT length(payload) FROM rejected_events") <= 32 * 1024


async def test_a_batch_of_500_kb_is_taken_and_one_byte_more_is_not(sender: httpx.AsyncClient) -> None:
    message = of_size(25_000).decode()
    start = '{"batch":[' + ",".join([message] * 20) + '],"filler":"'
    for size, status in ((500 * 1024, 200), (500 * 1024 + 1, 413)):
        body = start + "x" * (size - len(start) - 2) + '"}'
        assert len(body) == size
        assert (await sender.post("/v1/batch", content=body)).status_code == status


async def test_a_batch_of_too_many_messages_is_refused(sender: httpx.AsyncClient, pool: Pool) -> None:
    body = {"batch": [{"type": "track", "userId": "a", "event": "X"}] * 2501}
    answer = await sender.post("/v1/batch", json=body)
    assert answer.status_code == 413
    assert "2,501" in answer.json()["error"]["message"]
    assert await pool.fetchval("SELECT count(*) FROM events") == 0


@pytest.mark.parametrize("megabytes", [2, 16])
async def test_an_upload_far_too_large_is_answered_or_cut_off_and_the_door_stays_open(
    sender: httpx.AsyncClient, megabytes: int
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(megabytes * 16):
            yield b" " * 65_536

    try:
        assert (await sender.post("/v1/batch", content=chunks())).status_code == 413
    except httpx.TransportError:
        assert megabytes > 4
    assert (await sender.post("/v1/track", json=track())).status_code == 200


async def test_a_small_body_that_unpacks_to_a_gigabyte_is_refused_without_unpacking_it(
    sender: httpx.AsyncClient,
) -> None:
    bomb = gzip.compress(b" " * (16 * 1024 * 1024))
    answer = await sender.post("/v1/track", content=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("content", "encoding", "status", "says"),
    [
        (b"{", None, 400, "not JSON"),
        (b"", None, 400, "not JSON"),
        (b"\xff\xfe", None, 400, "not JSON"),
        (b'{"a": NaN}', None, 400, "not JSON"),
        (b"[" * 5_000, None, 400, "not JSON"),
        (b"[]", None, 400, "JSON object"),
        (b"7", None, 400, "JSON object"),
        (b"no gzip", "gzip", 400, "cannot be unpacked"),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400, "breaks off"),
        (b"{}", "br", 415, "'br'"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/track", "/v1/identify", "/v1/batch"])
async def test_what_cannot_be_read_is_refused_in_words(
    refused_sender: httpx.AsyncClient, content: bytes, encoding: str | None, status: int, says: str, path: str
) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = await refused_sender.post(path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert says in answer.json()["error"]["message"]


async def test_a_body_that_is_no_json_is_kept_as_far_as_text_can_hold_it(sender: httpx.AsyncClient, pool: Pool) -> None:
    assert (await sender.post("/v1/track", content=b'{"event": "\x00\xff')).status_code == 400
    assert await pool.fetchval("SELECT payload FROM rejected_events") == '{"event": "\ufffd\ufffd'
