"""What Temporal's UI and CLI are answered when they ask to have payloads opened, and who may ask."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key
from fermata.database import Pool
from fermata.errors import Unavailable
from fermata.journeys import Registry
from fermata.privacy import EnvironmentKeys, ProfileKeys
from tests.people import enrol
from worker.codec import ProfileCodec

_UI = "http://127.0.0.1:8233"
_SAID = Payload(metadata={"encoding": b"json/plain"}, data=b'"a shoe"')


@dataclass
class Desk:
    """An API that opens payloads, and what wrote them.

    Args:
        pool: Its database.
        keys: Of people.
        client: Without a key.
        key: That may operate, and read.
    """

    pool: Pool
    keys: ProfileKeys
    client: httpx.AsyncClient
    key: str

    async def written_for(self, person: UUID) -> Payload:
        """Something in a history of somebody."""
        return (await ProfileCodec(self.keys, person).encode([_SAID]))[0]

    async def asks(self, way: str, *payloads: Payload, **headers: str) -> httpx.Response:
        """Asks as the UI does."""
        body = MessageToDict(Payloads(payloads=payloads))
        return await self.client.post(f"/codec/{way}", json=body, headers={"X-Namespace": "default", **headers})

    async def opened(self, *payloads: Payload) -> list[Any]:
        """What stands in payloads, for a key."""
        answer = await self.asks("decode", *payloads, Authorization=f"Bearer {self.key}")
        return [orjson.loads(each.data) for each in _payloads(answer)]


def _payloads(answer: httpx.Response) -> list[Payload]:
    return list(ParseDict(answer.raise_for_status().json(), Payloads()).payloads)


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    keys = ProfileKeys(pool, EnvironmentKeys({"test": os.urandom(32)}), remembered=timedelta(0))

    async def find() -> PayloadCodec:
        return ProfileCodec(keys)

    async with pool.acquire() as connection:
        key = await create_key(connection, "on call", (Scope.READ, Scope.OPERATE))
    app = create_app(pool=pool, registry=Registry({}), find_codec=find, temporal_ui=f"{_UI}/")
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        yield Desk(pool, keys, client, key)


async def test_what_was_encrypted_is_opened_and_of_an_erased_person_it_says_so(desk: Desk) -> None:
    ada, bob = (await enrol(desk.pool)).profile_id, (await enrol(desk.pool)).profile_id
    hers, his = await desk.written_for(ada), await desk.written_for(bob)
    assert await desk.opened(hers, his, _SAID) == ["a shoe"] * 3
    await desk.pool.execute("DELETE FROM profile_keys WHERE profile_id = $1", ada)
    changed = Payload(metadata=his.metadata, data=his.data[:-1] + b"x")
    closed, still, broken = await desk.opened(hers, his, changed)
    assert "they were erased" in closed["unreadable"]
    assert still == "a shoe"
    assert "not what was written" in broken["unreadable"]


async def test_what_the_ui_sends_to_a_run_is_encrypted_first(desk: Desk) -> None:
    (written,) = _payloads(await desk.asks("encode", _SAID, Authorization=f"Bearer {desk.key}"))
    assert written.metadata["encoding"] == b"binary/encrypted"
    assert b"shoe" not in written.data
    assert await desk.opened(written) == ["a shoe"]


async def test_nobody_asks_without_a_login_or_a_key_that_may_operate(desk: Desk) -> None:
    async with desk.pool.acquire() as connection:
        reads = await create_key(connection, "reads", (Scope.READ,))
    written = await desk.written_for((await enrol(desk.pool)).profile_id)
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer fk_admin_wrong"}, 401),
        ({"Authorization": f"Bearer {reads}"}, 403),
        ({"Origin": _UI}, 401),
    ):
        for way in ("decode", "encode"):
            answer = await desk.asks(way, written, **headers)
            assert answer.status_code == status, headers
            assert "payloads" not in answer.json()
    await desk.client.post("/console/login", data={"key": reads})
    assert (await desk.asks("decode", written)).status_code == 403


async def test_the_ui_asks_with_the_cookie_of_the_console_and_pages_of_other_sites_do_not(desk: Desk) -> None:
    hers = await desk.written_for((await enrol(desk.pool)).profile_id)
    await desk.client.post("/console/login", data={"key": desk.key})
    answer = await desk.asks("decode", hers, Origin=_UI)
    assert [each.data for each in _payloads(answer)] == [_SAID.data]
    assert answer.headers["access-control-allow-origin"] == _UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    assert (await desk.client.options("/codec/decode", headers={"Origin": _UI, **asked})).is_success
    other = "https://evil.example"
    refused = await desk.client.options("/codec/decode", headers={"Origin": other, **asked})
    assert "access-control-allow-origin" not in refused.headers
    assert (await desk.asks("decode", hers, Origin=other)).status_code == 403


async def test_what_are_no_payloads_too_many_or_too_large_is_refused(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.key}"}
    for body, status in (
        (b"[]", 400),
        (b"{", 400),
        (b'{"payloads": [{"data": 7}]}', 400),
        (orjson.dumps({"payloads": [{}] * 1001}), 400),
        (orjson.dumps({"payloads": [{"data": "A" * (4 * 1024 * 1024)}]}), 413),
    ):
        answer = await desk.client.post("/codec/decode", content=body, headers=headers)
        assert answer.status_code == status, body[:40]
    assert (await desk.asks("decode", **headers)).json() == {}


async def test_while_temporal_is_away_it_is_asked_again_later(pool: Pool) -> None:
    async def away() -> PayloadCodec:
        raise Unavailable("Temporal does not answer")

    async with pool.acquire() as connection:
        key = await create_key(connection, "on call", (Scope.OPERATE,))
    app = create_app(pool=pool, registry=Registry({}), find_codec=away)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        sent = await client.post("/codec/decode", json={"payloads": []}, headers={"Authorization": f"Bearer {key}"})
    assert sent.status_code == 503
