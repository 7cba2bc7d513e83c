"""One run reaches somebody in every way there is, and all that becomes of it comes back into the run."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook
from temporalio.client import Client

from cli.stack.smtp_server import SmtpServer
from fermata.channels.devices import kept_devices
from fermata.database import Pool
from tests.acceptance.every_provider import PUBLIC
from tests.acceptance.everything import Everything, open_everything
from tests.help_desk import SECRET
from tests.unit.feedback import provider_signing as signing
from tests.unit.feedback.provider_signing import Signed
from tests.unit.feedback.returned_mails import answer, failed, notification


@pytest.fixture
async def everything(fermata_client: Client, pool: Pool, smtp: SmtpServer) -> AsyncIterator[Everything]:
    """A run that has sent on every channel, and the ways to tell it what becomes of that."""
    async with open_everything(fermata_client, pool, smtp) as opened:
        yield opened


async def test_one_run_sends_on_every_channel_and_hears_all_that_becomes_of_it(everything: Everything) -> None:
    world, providers = everything.world, everything.providers
    assert await world.decisions() == [
        *[("send", "eligible", "email")] * 3,
        ("send", "eligible", "sms"),
        ("send", "eligible", "push"),
        ("send", "substituted", "inbox"),
        ("send", "eligible", "in_app"),
        ("send", "eligible", "badge"),
        ("send", "eligible", "ads"),
        ("send", "eligible", "hand_off"),
    ]
    carried = await world.pool.fetch("SELECT provider FROM reservations WHERE channel = 'email' ORDER BY reserved_at")
    assert [row["provider"] for row in carried] == ["mailer", "amazon", "relay"]
    (text,) = providers.twilio.texts
    assert text["From"] == "+447700900000"
    assert re.fullmatch(rf"Your cart waits: {PUBLIC}/s/[\w-]{{12}} - reply STOP to end", text["Body"])
    assert [notified["token"] for notified in providers.fcm.sent] == ["hers"]
    (pushed,) = everything.browser.got
    assert pushed["title"] == "Your cart"
    await world.tell_platforms()
    assert len(world.ads.of("1001")) == 2  # an e-mail address and a phone number
    (task,) = world.desk.tasks.values()
    assert task["data"]["title"] == "Call Ada"

    await _mail_comes_back(everything)
    await _texts_come_back(everything)
    await _pushes_cards_and_tasks_come_back(everything)
    assert await everything.run.query("heard") == [
        "Email Delivered email",
        "Email Opened email",
        "Email Link Clicked email",
        "Unsubscribed email",
        "Email Marked as Spam email",
        "Email Bounced soft",
        "Email Replied email",
        "Email Bounced hard",
        "SMS Delivered sms",
        "SMS Link Clicked sms",
        "SMS Received yes",
        "SMS Received help",
        "Unsubscribed stop",
        "SMS Received start",
        "SMS Bounced hard",
        "Push Notification Tapped push",
        "In-App Message Shown in_app",
        "In-App Message Clicked in_app",
        "In-App Message Clicked inbox",
        "In-App Message Dismissed in_app",
        "Support Ticket Solved",
    ]
    states = await world.pool.fetch("SELECT channel, state FROM reservations ORDER BY reserved_at")
    assert [tuple(row) for row in states] == [
        ("email", "complained"),
        ("email", "bounced"),
        ("email", "bounced"),
        ("sms", "bounced"),
        ("push", "delivered"),
        ("inbox", "delivered"),
        ("in_app", "delivered"),
        ("badge", "sent"),
        ("ads", "sent"),
        ("hand_off", "sent"),
    ]
    kept = await kept_devices(world.pool, everything.ada.profile_id)
    assert {each.device.token for each in kept if not each.live} == {"removed"}

    await world.tell(everything.run, everything.ada, "Order Completed")
    assert (await world.outcome(everything.run)).state == "converted"
    await world.tell_platforms()
    assert world.ads.of("1001") == set()


async def _mail_comes_back(everything: Everything) -> None:
    providers, now = everything.providers, datetime.now(UTC)
    (by_sendgrid,), (by_ses,), (by_relay,) = providers.sendgrid.mails, providers.ses.mails, providers.relay.messages
    html = by_sendgrid["content"][1]["value"]
    about = {"timestamp": int(now.timestamp()), "decision_id": by_sendgrid["custom_args"]["decision_id"]}

    def said(kind: str) -> Signed:
        return signing.sendgrid([{"event": kind, "sg_event_id": kind, **about}], now)

    await everything.tell(said("delivered"))
    await everything.tell(said("open"))
    await everything.follow(re.findall(r'href="([^"]+)"', html)[0])
    stop = by_sendgrid["headers"]["List-Unsubscribe"].strip("<>")
    await everything.post(httpx.URL(stop).path, data={"List-Unsubscribe": "One-Click"})
    await everything.tell(said("spamreport"))
    mail = {"messageId": by_ses.id, "tags": {name: [value] for name, value in by_ses.tags.items()}}
    await everything.tell(
        signing.sns({"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Transient"}}, now)
    )
    their_id = f"<{by_ses.id}@eu-west-1.amazonses.com>"  # SES has put it in the place of ours
    await everything.come_back(answer(to=str(by_ses.mail["Reply-To"]), In_Reply_To=their_id))
    await everything.come_back(notification(failed("5.1.1"), sent_back=by_relay.message))


async def _texts_come_back(everything: Everything) -> None:
    (text,) = everything.providers.twilio.texts
    callback = text["StatusCallback"].removeprefix(PUBLIC)

    async def status(said: str, **more: str) -> None:
        await everything.tell(
            signing.twilio(PUBLIC, callback, {"MessageSid": text["sid"], "MessageStatus": said, **more})
        )

    await status("delivered")
    await everything.follow(re.findall(r"https://\S+", text["Body"])[0])
    await everything.text("SM1", "Yes!")
    assert "help@shop.example" in await everything.text("SM2", "HELP")
    await everything.text("SM3", "STOP")
    assert await everything.world.pool.fetchval("SELECT reason FROM suppressions WHERE channel = 'sms'") == "stop_reply"
    await everything.text("SM4", "START")
    await status("undelivered", ErrorCode="30005")


async def _pushes_cards_and_tasks_come_back(everything: Everything) -> None:
    await everything.follow(everything.providers.fcm.sent[0]["data"]["url"])
    listed = (await everything.api.get(f"/api/v1/inbox/{everything.ada.profile_id}")).json()["items"]
    cards = {item["kind"]: item["id"] for item in listed}
    for kind, done in (("in_app", "shown"), ("in_app", "clicked"), ("inbox", "clicked"), ("in_app", "dismissed")):
        await everything.post(f"/api/v1/inbox/{cards[kind]}/{done}")
    now, solved = datetime.now(UTC), json.dumps({"ticket": {"id": "T-1", "requester": "ada"}})
    headers = {
        "webhook-id": "msg_77",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_77", now, solved),
    }
    await everything.post("/webhooks/desk", content=solved, headers=headers)
