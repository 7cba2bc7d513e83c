"""The stand-in for the companies that deliver push and SMS: it honours keys, and fails on demand."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cli.stack.provider_ledger import Fault
from cli.stack.provider_server import ProviderServer


@pytest.fixture
async def provider() -> AsyncIterator[ProviderServer]:
    """A provider of this test's own."""
    async with ProviderServer() as server:
        yield server


@pytest.fixture
async def http(provider: ProviderServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the provider."""
    async with httpx.AsyncClient(base_url=provider.url) as client:
        yield client


async def _send(http: httpx.AsyncClient, key: str = "key", path: str = "/v1/messages", **body: Any) -> httpx.Response:
    return await http.post(path, json=body or {"to": "+12125550100"}, headers={"Idempotency-Key": key})


async def test_the_same_key_gets_the_same_answer_and_delivers_once(
    provider: ProviderServer, http: httpx.AsyncClient
) -> None:
    answers = [await _send(http) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    (message,) = provider.messages
    assert (message.seen, message.delivered, message.body) == (3, 1, {"to": "+12125550100"})


async def test_the_same_key_at_once_delivers_once(provider: ProviderServer, http: httpx.AsyncClient) -> None:
    provider.ledger.delay = timedelta(milliseconds=20)
    answers = await asyncio.gather(*(_send(http) for _ in range(50)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [(message.seen, message.delivered) for message in provider.messages] == [(50, 1)]


async def test_each_account_has_keys_of_its_own(provider: ProviderServer, http: httpx.AsyncClient) -> None:
    await _send(http, path="/push/v1/messages")
    await _send(http, path="/sms/v1/messages")
    assert [(message.account, message.delivered) for message in provider.messages] == [("push", 1), ("sms", 1)]


async def test_it_fails_as_often_as_it_is_told_and_then_delivers(
    provider: ProviderServer, http: httpx.AsyncClient
) -> None:
    provider.ledger.fail_next(Fault(status=429, times=2, retry_after=7))
    refused = [await _send(http), await _send(http)]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in refused] == [(429, "7"), (429, "7")]
    assert provider.messages[0].delivered == 0
    assert (await _send(http)).status_code == 202
    assert (provider.messages[0].seen, provider.messages[0].delivered) == (3, 1)


async def test_it_can_deliver_and_lose_the_answer(provider: ProviderServer, http: httpx.AsyncClient) -> None:
    provider.ledger.fail_next(Fault(status=504, after_delivery=True))
    assert (await _send(http)).status_code == 504
    assert (await _send(http)).status_code == 202
    assert (provider.messages[0].seen, provider.messages[0].delivered) == (2, 1)


@pytest.mark.parametrize(
    ("headers", "content", "problem"),
    [
        ({}, b"{}", "Idempotency-Key is missing"),
        ({"Idempotency-Key": "key"}, b"{", "Invalid JSON"),
        ({"Idempotency-Key": "key"}, b"[]", "should be an object"),
    ],
)
async def test_a_malformed_request_is_refused(
    provider: ProviderServer, http: httpx.AsyncClient, headers: dict[str, str], content: bytes, problem: str
) -> None:
    answer = await http.post("/v1/messages", content=content, headers=headers)
    assert answer.status_code == 400
    assert problem in answer.json()["error"]
    assert not provider.messages


async def test_as_a_process_it_is_told_its_faults_and_asked_over_http(own_environment: dict[str, str]) -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.stack.provider_server"),
        stdout=asyncio.subprocess.PIPE,
        env=own_environment,
    )
    assert server.stdout is not None
    port = int(await asyncio.wait_for(server.stdout.readline(), 30))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.post("/v1/faults", json={"status": 503, "times": 1})).status_code == 204
        assert (await http.put("/v1/delay", json={"seconds": 0.01})).status_code == 204
        assert (await http.post("/v1/faults", json={"status": 200})).status_code == 400
        assert [(await _send(http)).status_code for _ in range(2)] == [503, 202]
        (message,) = (await http.get("/v1/messages")).json()["messages"]
    assert (message["seen"], message["delivered"]) == (2, 1)
    server.send_signal(signal.SIGTERM)
    await server.communicate()
    assert server.returncode == 0
