"""Push and SMS over a real HTTP server: what is sent, and what each answer or fault is called."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cli.stack.ports import free_port
from cli.stack.provider_ledger import Fault
from cli.stack.provider_server import ProviderServer
from fermata.channels import Accepted, Busy, HttpProvider, Rejected
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import DECISION, an_envelope

PATIENCE = timedelta(seconds=0.3)
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def base(server: HTTPServer) -> str:
    return server.url_for("/sms").rstrip("/")


def answer_with(server: HTTPServer, status: int, body: str = "", **headers: str) -> None:
    server.expect_request("/sms/v1/messages", method="POST").respond_with_data(
        body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def send_sms(url: str, channel: Channel = Channel.SMS) -> Accepted | Rejected | Busy:
    async with HttpProvider(channel, url, timeout=PATIENCE) as provider:
        return await provider.send(an_envelope(channel))


async def test_a_text_message_carries_its_key_its_token_and_its_words() -> None:
    async with ProviderServer() as server:
        async with HttpProvider(Channel.SMS, f"{server.url}/sms", token="t0ken") as provider:
            answer = await provider.send(an_envelope(Channel.SMS, expires_at=datetime(2026, 3, 10, tzinfo=UTC)))
        (message,) = server.messages
    assert answer == Accepted(message.id)
    assert (message.account, message.key) == ("sms", "cart_recovery/ada:run-1:cart_reminder:1")
    assert message.body == {
        "to": "+12125550100",
        "channel": "sms",
        "text": "Your cart is waiting",
        "message": "cart_reminder",
        "decision_id": str(DECISION),
        "expires_at": "2026-03-10T00:00:00+00:00",
    }


async def test_a_push_notification_carries_title_body_and_link() -> None:
    async with ProviderServer() as server:
        async with HttpProvider(Channel.PUSH, f"{server.url}/push/") as provider:
            assert isinstance(await provider.send(an_envelope(Channel.PUSH)), Accepted)
        (message,) = server.messages
    assert message.account == "push"
    assert {name: message.body[name] for name in ("to", "title", "body", "url")} == {
        "to": "token-of-ada",
        "title": "Still here",
        "body": "Your cart is waiting",
        "url": "https://shop.example/cart",
    }


async def test_the_token_goes_in_the_authorization_header(httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/v1/messages", headers={"Authorization": "Bearer t0ken", "Content-Type": "application/json"}
    ).respond_with_json({"id": 17})
    async with HttpProvider(Channel.SMS, httpserver.url_for(""), token="t0ken") as provider:
        assert await provider.send(an_envelope(Channel.SMS)) == Accepted("17")


async def test_a_message_whose_answer_was_lost_is_delivered_once_when_it_is_sent_again() -> None:
    async with ProviderServer() as server, HttpProvider(Channel.SMS, f"{server.url}/sms") as provider:
        server.ledger.fail_next(Fault(status=HTTPStatus.BAD_GATEWAY, after_delivery=True))
        busy = await provider.send(an_envelope(Channel.SMS))
        assert isinstance(busy, Busy)
        assert not busy.certain
        assert provider.capabilities.unknown == "resend"
        assert isinstance(await provider.send(an_envelope(Channel.SMS)), Accepted)
        (message,) = server.messages
    assert (message.seen, message.delivered) == (2, 1)


async def test_a_provider_that_does_not_honour_the_key_is_assumed_to_have_sent() -> None:
    async with HttpProvider(Channel.SMS, "https://sms.example", honours_idempotency_key=False) as provider:
        assert provider.capabilities.unknown == "assume_sent"


@pytest.mark.parametrize(
    ("status", "channel", "reason"),
    [
        (400, Channel.SMS, Reason.PROVIDER_REJECTED),
        (422, Channel.SMS, Reason.PROVIDER_REJECTED),
        (413, Channel.SMS, Reason.PROVIDER_REJECTED),
        (401, Channel.SMS, Reason.PROVIDER_MISCONFIGURED),
        (403, Channel.SMS, Reason.PROVIDER_MISCONFIGURED),
        (308, Channel.SMS, Reason.PROVIDER_MISCONFIGURED),
        (404, Channel.SMS, Reason.INVALID_ADDRESS),
        (410, Channel.SMS, Reason.INVALID_ADDRESS),
        (404, Channel.PUSH, Reason.NO_PUSH_TOKEN),
        (410, Channel.PUSH, Reason.NO_PUSH_TOKEN),
    ],
)
async def test_a_refusal_for_good_is_named(
    httpserver: HTTPServer, status: int, channel: Channel, reason: Reason
) -> None:
    answer_with(httpserver, status, '{"error": "no +12125550100 token-of-ada"}', Location="http://127.0.0.1:1/")
    answer = await send_sms(base(httpserver), channel)
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert str(status) in answer.detail
    assert an_envelope(channel).address not in answer.detail  # type: ignore[operator]


@pytest.mark.parametrize(
    ("status", "certain"), [(429, True), (408, True), (500, True), (503, True), (502, False), (504, False)]
)
async def test_a_refusal_for_now_is_busy(httpserver: HTTPServer, status: int, certain: bool) -> None:
    answer_with(httpserver, status, "later")
    answer = await send_sms(base(httpserver))
    assert isinstance(answer, Busy)
    assert (answer.certain, answer.retry_after) == (certain, None)


async def test_retry_after_is_read_in_seconds(httpserver: HTTPServer) -> None:
    answer_with(httpserver, 429, "slow down", Retry_After="37")
    answer = await send_sms(base(httpserver))
    assert answer == Busy(timedelta(seconds=37), "the provider is busy: 429 slow down", certain=True, outage=False)


async def test_retry_after_is_read_as_a_date_by_the_providers_own_clock() -> None:
    # The provider's clock is years behind ours: only the difference of its own two dates counts.
    async def wait_two_minutes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n")
        writer.write(b"Date: Mon, 01 Jan 2024 08:00:00 GMT\r\nRetry-After: Mon, 01 Jan 2024 08:02:00 GMT\r\n\r\n")

    async with raw_server(wait_two_minutes) as url:
        answer = await send_sms(url)
    assert isinstance(answer, Busy)
    assert answer.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize(
    "body", ["", "thanks!", "[]", '"id"', '{"id": ""}', '{"id": null}', '{"id": true}', '{"ID": "x"}', "{", "\x00\xff"]
)
async def test_a_yes_that_makes_no_sense_leaves_the_outcome_open(httpserver: HTTPServer, body: str) -> None:
    answer_with(httpserver, 200, body)
    answer = await send_sms(base(httpserver))
    assert isinstance(answer, Busy)
    assert not answer.certain


async def test_a_conflict_with_an_id_is_the_first_answer_again(httpserver: HTTPServer) -> None:
    answer_with(httpserver, 409, '{"id": "m-1"}')
    assert await send_sms(base(httpserver)) == Accepted("m-1")


async def test_a_conflict_without_an_id_leaves_the_outcome_open(httpserver: HTTPServer) -> None:
    answer_with(httpserver, 409, '{"error": "still working on it"}')
    answer = await send_sms(base(httpserver))
    assert isinstance(answer, Busy)
    assert not answer.certain


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    written = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            writer.write(b'{"id": "' + b"x" * 16_384)
            written += 16_384
            await writer.drain()

    async with raw_server(pour) as url:
        answer = await send_sms(url)
    assert isinstance(answer, Busy)
    assert not answer.certain
    assert "too long" in answer.detail
    assert written < 64 * 1024 * 1024


async def test_an_unused_provider_is_never_connected_to() -> None:
    async with HttpProvider(Channel.SMS, f"http://127.0.0.1:{free_port()}"):
        pass


@pytest.mark.parametrize(
    ("channel", "address", "reason"),
    [
        (Channel.SMS, None, Reason.MISSING_ADDRESS),
        (Channel.SMS, "", Reason.MISSING_ADDRESS),
        (Channel.SMS, "12125550100", Reason.INVALID_ADDRESS),
        (Channel.SMS, "+1212", Reason.INVALID_ADDRESS),
        (Channel.SMS, "ada@example.com", Reason.INVALID_ADDRESS),
        (Channel.PUSH, None, Reason.NO_PUSH_TOKEN),
        (Channel.PUSH, "tok\r\nen", Reason.NO_PUSH_TOKEN),
        (Channel.PUSH, "x" * 5000, Reason.NO_PUSH_TOKEN),
    ],
)
async def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    channel: Channel, address: str | None, reason: Reason
) -> None:
    async with HttpProvider(channel, f"http://127.0.0.1:{free_port()}") as provider:
        answer = await provider.send(an_envelope(channel, address=address))
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert not address or address not in answer.detail


async def test_an_envelope_of_another_channel_is_a_mistake_of_the_caller() -> None:
    async with HttpProvider(Channel.SMS, "https://sms.example") as provider:
        with pytest.raises(DefinitionError, match="not push"):
            await provider.send(an_envelope(Channel.PUSH))


async def test_a_hundred_messages_at_once_are_delivered_once_each_over_few_connections() -> None:
    async with ProviderServer() as server, HttpProvider(Channel.SMS, f"{server.url}/sms", connections=4) as provider:
        envelopes = [an_envelope(Channel.SMS, idempotency_key=f"key-{number}") for number in range(100)]
        answers = await asyncio.gather(*(provider.send(envelope) for envelope in envelopes))
        assert all(isinstance(answer, Accepted) for answer in answers)
        assert [message.delivered for message in server.messages] == [1] * 100


async def test_the_key_reaches_the_provider_whatever_it_is_made_of(httpserver: HTTPServer) -> None:
    keys: list[str] = []

    def take(request: Request) -> Response:
        keys.append(request.headers["Idempotency-Key"])
        return Response('{"id": "m-1"}', status=201)

    httpserver.expect_request("/v1/messages").respond_with_handler(take)
    async with HttpProvider(Channel.SMS, httpserver.url_for("")) as provider:
        for key in ("plain", "Küche\r\nX-Evil: 1", "Küche\r\nX-Evil: 1", "x" * 300):
            assert isinstance(await provider.send(an_envelope(Channel.SMS, idempotency_key=key)), Accepted)
    assert keys[0] == "plain"
    assert keys[1] == keys[2] != keys[3]
    assert all(key.isascii() and len(key) < 100 for key in keys)


@asynccontextmanager
async def raw_server(talk: Talk) -> AsyncIterator[str]:
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError):
            await talk(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()
