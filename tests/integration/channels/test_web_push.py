"""Web Push over real HTTP: signed with VAPID, readable for the one browser only, and never sent anywhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cli.stack.ports import free_port
from fermata.channels import Accepted, Busy, PushContent, Rejected
from fermata.channels.devices import Device, SubscriptionKeys
from fermata.channels.web_push import WebPushService
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import DECISION, SENT_AT, an_envelope
from tests.integration.channels.web_push_server import SUBJECT, WebPushServer


@pytest.fixture
async def server() -> AsyncIterator[WebPushServer]:
    async with WebPushServer() as started:
        yield started


@pytest.fixture
async def web_push(server: WebPushServer) -> AsyncIterator[WebPushService]:
    service = WebPushService(server.private_key, SUBJECT, hosts=["127.0.0.1"], plain_http=True)
    yield service
    await service.aclose()


async def push(service: WebPushService, device: Device, **changes: Any) -> Accepted | Rejected | Busy:
    return await service.deliver(device, an_envelope(Channel.PUSH, **changes), "key-1")


async def test_a_browser_can_read_what_was_sent_to_it(server: WebPushServer, web_push: WebPushService) -> None:
    device, browser = server.subscribe("firefox")
    answer = await push(web_push, device, expires_at=SENT_AT + timedelta(minutes=90))
    assert answer == Accepted(f"{server.url}/message/1")
    (got,) = browser.got
    assert (got["title"], got["body"], got["url"]) == (
        "Still here",
        "Your cart is waiting",
        "https://shop.example/cart",
    )
    assert (got["decision_id"], got["key"], got["message"]) == (str(DECISION), "key-1", "cart_reminder")
    assert browser.headers[0]["ttl"] == "5400"
    assert browser.headers[0]["topic"] == got["tag"]


async def test_another_browser_cannot_read_it(server: WebPushServer, web_push: WebPushService) -> None:
    mine, _ = server.subscribe("mine")
    other, browser = server.subscribe("other")
    assert mine.keys is not None
    server.faults.clear()
    answer = await push(web_push, replace(other, keys=mine.keys))
    assert not isinstance(answer, Accepted)  # the stand-in could not decrypt it
    assert browser.got == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_ended_is_no_device_any_more(
    server: WebPushServer, web_push: WebPushService, status: int
) -> None:
    device, _ = server.subscribe("chrome")
    server.faults.append((status, {}))
    answer = await push(web_push, device)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert device.token not in answer.detail


@pytest.mark.parametrize(
    ("status", "headers", "wait", "certain"),
    [
        (429, {"Retry-After": "60"}, timedelta(minutes=1), True),
        (503, {"Retry-After": "5"}, timedelta(seconds=5), True),
        (500, {}, None, True),
        (504, {}, None, False),
    ],
)
async def test_not_now_is_busy_for_as_long_as_the_service_says(
    server: WebPushServer,
    web_push: WebPushService,
    status: int,
    headers: dict[str, str],
    wait: timedelta | None,
    certain: bool,
) -> None:
    device, _ = server.subscribe("chrome")
    server.faults.append((status, headers))
    answer = await push(web_push, device)
    assert isinstance(answer, Busy)
    assert (answer.retry_after, answer.certain) == (wait, certain)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, Reason.PROVIDER_REJECTED), (413, Reason.PROVIDER_REJECTED), (403, Reason.PROVIDER_MISCONFIGURED)],
)
async def test_a_refusal_does_not_make_the_browser_dead(
    server: WebPushServer, web_push: WebPushService, status: int, reason: Reason
) -> None:
    device, _ = server.subscribe("chrome")
    server.faults.append((status, {}))
    answer = await push(web_push, device)
    assert isinstance(answer, Rejected)
    assert answer.reason is reason


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://intranet.example/push/1",
        "http://fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com@intranet.example/1",
        "https://evilgoogleapis.com/1",
        "file:///etc/passwd",
        "https://[broken",
        "nonsense",
        "",
    ],
)
async def test_nobody_has_us_call_a_machine_that_is_no_push_service(server: WebPushServer, endpoint: str) -> None:
    device, _ = server.subscribe("chrome")
    service = WebPushService(server.private_key, SUBJECT)
    answer = await push(service, replace(device, token=endpoint))
    await service.aclose()
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert server.asked == 0


@pytest.mark.parametrize("keys", [("", ""), ("é", "é"), ("AAAA", "AAAA"), ("B" + "A" * 86, "A" * 22)])
async def test_keys_that_are_none_make_a_subscription_none(
    server: WebPushServer, web_push: WebPushService, keys: tuple[str, str]
) -> None:
    device, _ = server.subscribe("chrome")
    answer = await push(web_push, replace(device, keys=SubscriptionKeys(*keys)))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert server.asked == 0


async def test_more_words_than_a_browser_takes_are_not_sent(server: WebPushServer, web_push: WebPushService) -> None:
    device, _ = server.subscribe("chrome")
    answer = await push(web_push, device, content=PushContent("t", "x" * 4000))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.RENDER_FAILED


async def test_a_service_out_of_reach_is_busy_and_surely_nothing_went_out(
    server: WebPushServer, web_push: WebPushService
) -> None:
    device, _ = server.subscribe("chrome")
    answer = await push(web_push, replace(device, token=f"http://127.0.0.1:{free_port()}/push/1"))
    assert isinstance(answer, Busy)
    assert answer.certain


def test_a_key_or_a_subject_that_is_none_is_refused_and_the_key_is_not_shown(server: WebPushServer) -> None:
    with pytest.raises(ConfigurationError, match="VAPID private key") as refusal:
        WebPushService("secret-nonsense", SUBJECT)
    assert "nonsense" not in str(refusal.value)
    with pytest.raises(ConfigurationError, match="must begin with mailto:"):
        WebPushService(server.private_key, "push@shop.example")
