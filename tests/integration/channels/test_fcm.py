"""FCM over real HTTP: the account proves itself, the notification is whole, and each answer is called what it is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from cli.stack.ports import free_port
from fermata.channels import Accepted, Busy, Rejected
from fermata.channels.devices import Device
from fermata.channels.fcm import FcmService
from fermata.channels.google_tokens import ServiceAccount
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import DECISION, SENT_AT, an_envelope
from tests.integration.channels.fcm_server import PROJECT, FcmServer

PHONE = Device("token-of-adas-phone")


@pytest.fixture
async def server() -> AsyncIterator[FcmServer]:
    async with FcmServer() as started:
        yield started


@pytest.fixture
async def fcm(server: FcmServer) -> AsyncIterator[FcmService]:
    service = FcmService(server.account, url=server.url, timeout=timedelta(seconds=2))
    yield service
    await service.aclose()


async def push(fcm: FcmService, device: Device = PHONE, **changes: Any) -> Accepted | Rejected | Busy:
    return await fcm.deliver(device, an_envelope(Channel.PUSH, **changes), "key-1")


async def test_a_notification_has_its_words_its_life_and_what_it_takes_the_place_of(
    server: FcmServer, fcm: FcmService
) -> None:
    answer = await push(fcm, expires_at=SENT_AT + timedelta(hours=2))
    assert answer == Accepted(f"projects/{PROJECT}/messages/1")
    (message,) = server.sent
    assert message["token"] == "token-of-adas-phone"
    assert message["notification"] == {"title": "Still here", "body": "Your cart is waiting"}
    assert message["data"] == {
        "message": "cart_reminder",
        "decision_id": str(DECISION),
        "key": "key-1",
        "url": "https://shop.example/cart",
    }
    assert message["android"]["ttl"] == "7200s"
    assert message["android"]["collapse_key"] == message["android"]["notification"]["tag"]
    assert int(message["apns"]["headers"]["apns-expiration"]) == int((SENT_AT + timedelta(hours=2)).timestamp())


@pytest.mark.parametrize(
    ("life", "told"), [(None, "86400s"), (timedelta(days=90), "2419200s"), (timedelta(seconds=-5), "0s")]
)
async def test_a_notification_lives_a_day_or_as_long_as_its_message_within_what_fcm_allows(
    server: FcmServer, fcm: FcmService, life: timedelta | None, told: str
) -> None:
    await push(fcm, expires_at=None if life is None else SENT_AT + life)
    assert server.sent[0]["android"]["ttl"] == told


async def test_one_message_takes_the_place_of_itself_and_of_no_other(server: FcmServer, fcm: FcmService) -> None:
    await push(fcm)
    await push(fcm)
    await push(fcm, message_key="order_update")
    keys = [message["android"]["collapse_key"] for message in server.sent]
    assert keys[0] == keys[1] != keys[2]


async def test_the_account_proves_itself_once_for_many_notifications(server: FcmServer, fcm: FcmService) -> None:
    for _ in range(5):
        assert isinstance(await push(fcm), Accepted)
    assert (server.exchanges, len(server.sent)) == (1, 5)


async def test_a_token_that_is_about_to_end_or_was_taken_back_is_exchanged_anew(
    server: FcmServer, fcm: FcmService
) -> None:
    server.lifetime = 200
    await push(fcm)
    server.lifetime = 3600
    await push(fcm)
    assert server.exchanges == 2
    server.good.clear()
    assert isinstance(await push(fcm), Accepted)
    assert server.exchanges == 3


async def test_a_removed_app_has_no_token_any_more(server: FcmServer, fcm: FcmService) -> None:
    server.dead.add(PHONE.token)
    answer = await push(fcm)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert PHONE.token not in answer.detail


def fault(status: int, word: str, message: str = "", details: list[dict[str, Any]] | None = None) -> Any:
    return {"error": {"code": status, "status": word, "message": message, "details": details or []}}


BAD_TOKEN = [{"@type": "…BadRequest", "fieldViolations": [{"field": "message.token", "description": "Invalid"}]}]
BAD_DATA = [{"@type": "…BadRequest", "fieldViolations": [{"field": "message.data[0].value"}]}]
INVALID = "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, fault(400, INVALID, details=BAD_TOKEN), Reason.NO_PUSH_TOKEN),
        (
            400,
            fault(400, INVALID, "The registration token is not a valid FCM registration token"),
            Reason.NO_PUSH_TOKEN,
        ),
        (400, fault(400, INVALID, "Invalid value at 'message.data'", BAD_DATA), Reason.PROVIDER_REJECTED),
        (400, b"not json", Reason.PROVIDER_REJECTED),
        (403, fault(403, "PERMISSION_DENIED", "SenderId mismatch"), Reason.PROVIDER_MISCONFIGURED),
        (404, fault(404, "NOT_FOUND", "no such project"), Reason.PROVIDER_MISCONFIGURED),
        (404, b"", Reason.PROVIDER_MISCONFIGURED),
    ],
    ids=["token field", "token words", "payload at fault", "no json", "another sender", "no project", "empty"],
)
async def test_only_what_is_said_of_the_token_makes_it_dead(
    server: FcmServer, fcm: FcmService, status: int, body: Any, reason: Reason
) -> None:
    server.faults.append((status, body, {}))
    answer = await push(fcm)
    assert isinstance(answer, Rejected)
    assert answer.reason is reason


@pytest.mark.parametrize(
    ("status", "headers", "wait", "certain", "outage"),
    [
        (429, {"Retry-After": "30"}, timedelta(seconds=30), True, False),
        (503, {"Retry-After": "120"}, timedelta(minutes=2), True, True),
        (500, {}, None, True, True),
        (502, {}, None, False, True),
    ],
)
async def test_not_now_is_busy_for_as_long_as_fcm_says(
    server: FcmServer,
    fcm: FcmService,
    status: int,
    headers: dict[str, str],
    wait: timedelta | None,
    certain: bool,
    outage: bool,
) -> None:
    server.faults.append((status, fault(status, "UNAVAILABLE"), headers))
    answer = await push(fcm)
    assert isinstance(answer, Busy)
    assert (answer.retry_after, answer.certain, answer.outage) == (wait, certain, outage)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"name": 7}', b"x" * 100_000])
async def test_a_yes_that_makes_no_sense_is_of_unknown_outcome(server: FcmServer, fcm: FcmService, body: bytes) -> None:
    server.faults.append((200, body, {}))
    answer = await push(fcm)
    assert isinstance(answer, Busy)
    assert not answer.certain


async def test_an_account_that_google_does_not_know_is_a_mistake_of_the_deployment(server: FcmServer) -> None:
    async with FcmServer() as other:
        stranger = other.account.model_copy(update={"token_uri": f"{server.url}/token"})
        fcm = FcmService(stranger, url=server.url)
        answer = await push(fcm)
        await fcm.aclose()
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == (Reason.PROVIDER_MISCONFIGURED, False)
    assert server.asked == 0


async def test_google_out_of_reach_is_busy_and_surely_nothing_went_out(server: FcmServer) -> None:
    away = server.account.model_copy(update={"token_uri": f"http://127.0.0.1:{free_port()}/token"})
    fcm = FcmService(away, url=server.url)
    answer = await push(fcm)
    await fcm.aclose()
    assert isinstance(answer, Busy)
    assert answer.certain


def test_a_key_file_without_a_key_is_refused_and_not_shown() -> None:
    account = ServiceAccount(project_id="p", client_email="a@b", private_key="secret nonsense")
    with pytest.raises(ConfigurationError, match="private key of a@b cannot be read") as refusal:
        FcmService(account)
    assert "nonsense" not in str(refusal.value)
