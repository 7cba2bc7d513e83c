"""Text messages through Twilio's API on loopback: what is sent, and what each answer is called."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fermata.channels import Accepted, Busy, Rejected
from fermata.channels.port import SmsContent
from fermata.channels.twilio import TwilioAccount, TwilioProvider, TwilioSenders
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import ADDRESS, DECISION, SENT_AT, an_envelope
from tests.integration.channels.twilio_server import ACCOUNT, SERVICE, TOKEN, Fault, TwilioServer

SENDERS = TwilioSenders({"GB": "+447700900000", "FR": "SHOP"}, "+15005550006")
PATIENCE = timedelta(seconds=0.3)
CALLBACK = "https://journeys.shop.example/webhooks/texter"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    """Twilio."""
    async with TwilioServer() as server:
        yield server


async def send(
    url: str,
    *,
    to: str = ADDRESS[Channel.SMS],
    text: str = "Your cart is waiting",
    senders: TwilioSenders = SENDERS,
    token: str = TOKEN,
) -> Accepted | Rejected | Busy:
    account = TwilioAccount(ACCOUNT, token)
    async with TwilioProvider(account, senders, callback=CALLBACK, url=url, timeout=PATIENCE) as provider:
        return await provider.send(
            an_envelope(
                Channel.SMS,
                address=to,
                content=SmsContent(text),
                expires_at=SENT_AT + timedelta(hours=2),
            )
        )


async def test_a_text_carries_its_words_its_sender_its_life_and_where_to_tell_of_it(twilio: TwilioServer) -> None:
    answer = await send(twilio.url, text="Größe 42 & blau? 50% + Versand")
    (text,) = twilio.texts
    assert answer == Accepted(text.pop("sid"))
    assert text == {
        "To": "+12125550100",
        "From": "+15005550006",
        "Body": "Größe 42 & blau? 50% + Versand",
        "StatusCallback": f"{CALLBACK}?decision={DECISION}",
        "ValidityPeriod": "7200",
    }


async def test_each_country_has_its_sender(twilio: TwilioServer) -> None:
    for number in ("+447700900123", "+33612345678", "+4915112345678"):
        await send(twilio.url, to=number)
    assert [text["From"] for text in twilio.texts] == ["+447700900000", "SHOP", "+15005550006"]


async def test_a_messaging_service_picks_where_the_country_has_no_sender(twilio: TwilioServer) -> None:
    service = TwilioSenders({"GB": "+447700900000"}, service=SERVICE)
    for number in ("+447700900123", "+33612345678"):
        await send(twilio.url, to=number, senders=service)
    assert [(text.get("From"), text["MessagingServiceSid"]) for text in twilio.texts] == [
        ("+447700900000", SERVICE),
        (None, SERVICE),
    ]


async def test_a_country_without_a_sender_is_left_to_another_provider(twilio: TwilioServer) -> None:
    answer = await send(twilio.url, to="+33612345678", senders=TwilioSenders({"GB": "+447700900000"}))
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent, twilio.texts) == (Reason.BLOCKED_REGION, False, [])


async def test_a_text_that_got_out_of_hand_is_not_sent(twilio: TwilioServer) -> None:
    answer = await send(twilio.url, text="far " * 400)
    assert isinstance(answer, Rejected)
    assert (answer.reason, twilio.texts) == (Reason.RENDER_FAILED, [])
    assert "11 segments of GSM-7" in answer.detail


async def test_a_wrong_token_leaves_it_to_another_provider(twilio: TwilioServer) -> None:
    answer = await send(twilio.url, token="another")
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == (Reason.PROVIDER_MISCONFIGURED, False)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, 21610, Reason.SUPPRESSED_BY_PROVIDER),
        (400, 21211, Reason.INVALID_ADDRESS),
        (400, 21614, Reason.INVALID_ADDRESS),
        (400, 21408, Reason.BLOCKED_REGION),
        (400, 21606, Reason.PROVIDER_MISCONFIGURED),
        (404, 20404, Reason.PROVIDER_MISCONFIGURED),
        (400, 21617, Reason.PROVIDER_REJECTED),
        (400, True, Reason.PROVIDER_REJECTED),
    ],
)
async def test_a_refusal_has_its_reason_and_no_number_in_it(
    twilio: TwilioServer, status: int, code: int, reason: Reason
) -> None:
    twilio.faults.append(Fault(status, {"code": code, "message": f"The number {ADDRESS[Channel.SMS]} is no good"}))
    answer = await send(twilio.url)
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert ADDRESS[Channel.SMS] not in answer.detail


@pytest.mark.parametrize(
    ("fault", "certain", "outage", "retry_after"),
    [
        (Fault(429, {"code": 20429}, {"Retry-After": "7"}), True, False, timedelta(seconds=7)),
        (Fault(400, {"code": 21611}), True, False, None),
        (Fault(503, {}, {"Retry-After": "30"}), True, True, timedelta(seconds=30)),
        (Fault(500), False, True, None),
        (Fault(504), False, True, None),
        (Fault(200, {"sid": 5}), False, True, None),
        (Fault(201, {"status": "queued"}), False, True, None),
    ],
    ids=["too fast", "full queue", "away", "broken", "gateway", "no sid", "lies"],
)
async def test_what_cannot_be_taken_now_is_busy(
    twilio: TwilioServer, fault: Fault, certain: bool, outage: bool, retry_after: timedelta | None
) -> None:
    twilio.faults.append(fault)
    answer = await send(twilio.url)
    assert isinstance(answer, Busy)
    assert (answer.certain, answer.outage, answer.retry_after) == (certain, outage, retry_after)


async def test_it_takes_nothing_but_text_messages() -> None:
    async with TwilioProvider(TwilioAccount(ACCOUNT, TOKEN), SENDERS) as provider:
        with pytest.raises(DefinitionError):
            await provider.send(an_envelope(Channel.PUSH))
