"""Feedback over real HTTP, signed as each provider signs, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.integration.feedback.amazon_server import AmazonServer
from tests.integration.feedback.conftest import PUBLIC, post
from tests.integration.feedback.sent import sent, state, suppressed, told
from tests.people import NOON, Enrolled
from tests.unit.feedback import provider_signing as signing

NUMBER = "+442071838750"


def mail_event(kind: str, decision_id: object, **more: Any) -> dict[str, Any]:
    return {
        "event": kind,
        "email": "ada@example.com",
        "timestamp": int(NOON.timestamp()) + 60,
        "sg_event_id": f"sg-{kind}",
        "decision_id": str(decision_id),
        **more,
    }


def status(sid: str, said: str, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "MessageStatus": said, "To": NUMBER, "From": "+15005550006", **more}


def text(sid: str, body: str, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "SmsStatus": "received", "From": NUMBER, "To": "+15005550006", "Body": body, **more}


async def test_sendgrid_tells_of_all_that_becomes_of_a_mail(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    events = [
        mail_event("processed", decision_id),
        mail_event("delivered", decision_id),
        mail_event("open", decision_id, sg_machine_open=True),
        mail_event("click", decision_id, url="https://shop.example/cart?token=secret"),
        mail_event("spamreport", decision_id),
        mail_event("unsubscribe", decision_id, ip="192.0.2.7"),
        "nonsense",
    ]
    answer = await post(provider, signing.sendgrid(events, datetime.now(UTC)))
    assert (answer.status_code, answer.json()) == (
        200,
        {"success": True, "accepted": 5, "duplicates": 0, "unknown": 0, "not_understood": 2},
    )
    again = await post(provider, signing.sendgrid(events, datetime.now(UTC)))
    assert again.json()["duplicates"] == 5
    assert await state(pool, decision_id) == "complained"
    assert await suppressed(pool) == {("email", "ada@example.com"): "complaint"}
    assert [name for name, _ in await told(pool)] == [
        "Email Delivered",
        "Email Link Clicked",
        "Email Marked as Spam",
        "Unsubscribed",
    ]


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, "hard_bounce"),
        ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, None),
        ({"event": "bounce", "type": "bounce", "status": "4.2.2"}, None),
        ({"event": "dropped", "reason": "Bounced Address"}, "hard_bounce"),
        ({"event": "dropped", "reason": "Recipient List over Package Quota"}, None),
    ],
    ids=["no such mailbox", "blocked", "full mailbox", "bounced before", "over quota"],
)
async def test_a_mail_that_comes_back_is_hard_or_soft(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled, event: dict[str, Any], cause: str | None
) -> None:
    decision_id = await sent(pool, ada)
    await post(provider, signing.sendgrid([{**mail_event("bounce", decision_id), **event}], datetime.now(UTC)))
    assert await state(pool, decision_id) == "bounced"
    assert await suppressed(pool) == ({("email", "ada@example.com"): cause} if cause else {})


def ses_event(kind: str, decision_id: object, **more: Any) -> dict[str, Any]:
    """As a configuration set publishes it."""
    at = (NOON + timedelta(minutes=1)).isoformat()
    tags = {"decision_id": [str(decision_id)], "ses:operation": ["SendRawEmail"]}
    mail = {"messageId": "0102-1", "timestamp": NOON.isoformat(), "tags": tags}
    return {"eventType": kind, "mail": mail, kind.lower(): {"timestamp": at, **more}}


async def test_amazon_ses_tells_of_all_that_becomes_of_a_mail(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    now = datetime.now(UTC)
    events = [
        ses_event("Send", decision_id),
        ses_event("Delivery", decision_id),
        ses_event("Open", decision_id, ipAddress="192.0.2.7"),
        ses_event("Click", decision_id, link="https://shop.example/cart?token=secret"),
        ses_event("Bounce", decision_id, bounceType="Transient", bounceSubType="MailboxFull"),
        ses_event("Complaint", decision_id, complaintFeedbackType="not-spam"),
        ses_event("Complaint", decision_id, complaintFeedbackType="abuse"),
        ses_event("Subscription", decision_id, newTopicPreferences={"unsubscribeAll": True}),
        "Successfully validated SNS topic for Amazon SES event publishing.",
    ]
    answers = [await post(provider, signing.sns(each, now, f"sns-{place}")) for place, each in enumerate(events)]
    assert [answer.json()["accepted"] for answer in answers] == [0, 1, 1, 1, 1, 0, 1, 1, 0]
    assert await state(pool, decision_id) == "complained"
    assert await suppressed(pool) == {("email", "ada@example.com"): "complaint"}
    heard = await told(pool)
    assert [name for name, _ in heard] == [
        "Email Delivered",
        "Email Opened",
        "Email Link Clicked",
        "Email Bounced",
        "Email Marked as Spam",
        "Unsubscribed",
    ]
    assert heard[2][1]["link_url"] == "https://shop.example/cart"
    assert heard[3][1]["bounce"] == "soft"


async def test_what_an_identity_of_ses_tells_is_found_by_its_id_or_by_our_header(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    first = await sent(pool, ada, "one", message_id="0102-a")
    second = await sent(pool, ada, "two", message_id="0102-b")
    header = {"name": "X-Fermata-Decision", "value": str(second)}
    for place, mail in enumerate(({"messageId": "0102-a"}, {"messageId": "0102-x", "headers": [header]})):
        said = {"notificationType": "Bounce", "mail": mail, "bounce": {"bounceType": "Permanent"}}
        await post(provider, signing.sns(said, datetime.now(UTC), f"sns-{place}"))
    assert (await state(pool, first), await state(pool, second)) == ("bounced", "bounced")
    assert await suppressed(pool) == {("email", "ada@example.com"): "hard_bounce"}


async def test_a_subscription_to_a_declared_topic_is_confirmed_with_amazon_and_with_nobody_else(
    provider: httpx.AsyncClient, amazon: AmazonServer
) -> None:
    asked = "Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:mails&Token=2336"
    at_home = f"https://sns.eu-west-1.amazonaws.com/?{asked}"
    for address, confirmed in (
        (at_home, [asked]),
        (f"https://sns.eu-west-1.amazonaws.com.evil.example/?{asked}", []),
        (f"http://sns.eu-west-1.amazonaws.com/?{asked}", []),
        ("https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&TopicArn=arn:aws:sns:eu-west-1:1:mails", []),
        (at_home.replace("mails", "others"), []),
    ):
        amazon.confirmed.clear()
        said = {"Type": "SubscriptionConfirmation", "Token": "2336", "SubscribeURL": address}
        answer = await post(provider, signing.sns("You have chosen to subscribe.", datetime.now(UTC), **said))
        assert (answer.status_code, amazon.confirmed) == (200, confirmed)
    farewell = {"Type": "UnsubscribeConfirmation", "Token": "2336", "SubscribeURL": at_home}
    assert (await post(provider, signing.sns("Goodbye.", datetime.now(UTC), **farewell))).status_code == 200
    assert amazon.confirmed == []


async def test_amazon_sends_again_what_it_could_not_prove_or_confirm(
    provider: httpx.AsyncClient, amazon: AmazonServer, ada: Enrolled
) -> None:
    del ada
    amazon.status = 503
    asked = "Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:mails&Token=2336"
    said = {"Type": "SubscriptionConfirmation", "Token": "2336"}
    said["SubscribeURL"] = f"https://sns.eu-west-1.amazonaws.com/?{asked}"
    message = signing.sns("You have chosen to subscribe.", datetime.now(UTC), **said)
    assert (await post(provider, message)).status_code == 503
    amazon.status = 200
    assert (await post(provider, message)).status_code == 200
    assert amazon.fetched == 2, "what failed is fetched again, what was fetched is kept"
    assert (await post(provider, message)).status_code == 200
    assert (amazon.fetched, amazon.confirmed) == (2, [asked, asked])


async def test_a_mail_is_found_by_the_providers_id_of_it(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada, message_id="filter-1")
    event = mail_event("delivered", "", sg_message_id="filter-1.recvd-0001")
    await post(provider, signing.sendgrid([event], datetime.now(UTC)))
    assert await state(pool, decision_id) == "delivered"


async def test_twilio_tells_of_a_text_by_the_decision_in_its_address_or_by_its_sid(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled
) -> None:
    first = await sent(pool, ada, "one", Channel.SMS, message_id="SM1")
    second = await sent(pool, ada, "two", Channel.SMS, message_id="SM2")
    by_address = f"/webhooks/texter?decision={first}"
    answer = await post(provider, signing.twilio(PUBLIC, by_address, status("SMX", "delivered")))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    by_sid = status("SM2", "undelivered", ErrorCode="30005")
    await post(provider, signing.twilio(f"{PUBLIC}:443", "/webhooks/texter", by_sid))
    assert (await state(pool, first), await state(pool, second)) == ("delivered", "bounced")
    assert await suppressed(pool) == {("sms", NUMBER): "hard_bounce"}


async def test_any_provider_tells_in_signed_json(pool: Pool, provider: httpx.AsyncClient, ada: Enrolled) -> None:
    decision_id = await sent(pool, ada, channel=Channel.SMS)
    said = {
        "type": "message.delivered",
        "timestamp": NOON.isoformat(),
        "data": {"decision_id": str(decision_id)},
    }
    answer = await post(provider, signing.standard(said, datetime.now(UTC)))
    assert answer.json()["accepted"] == 1
    assert await state(pool, decision_id) == "delivered"
    replayed = await post(provider, signing.standard(said, datetime.now(UTC)))
    assert (replayed.json()["accepted"], replayed.json()["duplicates"]) == (0, 1)


async def test_a_text_of_the_gateway_reaches_a_journey(pool: Pool, provider: httpx.AsyncClient, ada: Enrolled) -> None:
    said = {"type": "message.received", "timestamp": NOON.isoformat(), "data": {"from": NUMBER, "text": "Yes"}}
    await post(provider, signing.standard(said, datetime.now(UTC)))
    ((name, properties),) = await told(pool)
    assert (name, properties["keyword"]) == ("SMS Received", "yes")


async def test_help_is_answered_in_twiml_and_other_texts_are_not(provider: httpx.AsyncClient, ada: Enrolled) -> None:
    del ada
    answer = await post(provider, signing.twilio(PUBLIC, "/webhooks/texter", text("SM1", "help!")))
    assert "<Message>Shop &amp; Co: write to help@shop.example." in answer.text
    answer = await post(provider, signing.twilio(PUBLIC, "/webhooks/texter", text("SM2", "Do you have it in blue?")))
    assert answer.text.endswith("<Response></Response>")


async def test_what_is_believed_and_makes_no_sense_is_a_bad_request(pool: Pool, provider: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    for signed in (
        signing.sendgrid({"event": "open"}, now),
        signing.sendgrid(b"[", now),
        signing.twilio(PUBLIC, "/webhooks/texter", {"Body": "STOP"}),
        signing.standard({"type": "message.lost", "data": {}}, now),
        signing.sns([], now),
    ):
        assert (await post(provider, signed)).status_code == 400
    assert not await pool.fetchval("SELECT EXISTS (SELECT 1 FROM feedback)")


async def test_no_other_name_has_a_door(provider: httpx.AsyncClient) -> None:
    assert (await provider.post("/webhooks/somebody", content=b"[]")).status_code == 404
