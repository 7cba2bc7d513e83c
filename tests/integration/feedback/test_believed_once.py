"""Of every kind of provider: what is not signed, or is old, or was heard before, has no effect."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.integration.feedback.amazon_server import AmazonServer
from tests.integration.feedback.conftest import PUBLIC, post
from tests.integration.feedback.sent import sent, state
from tests.people import NOON, Enrolled
from tests.unit.feedback import provider_signing as signing
from tests.unit.feedback.provider_signing import Signed

_SECOND = timedelta(seconds=1)


def _mail_bounced(decision_id: UUID, at: datetime) -> Signed:
    event = {"event": "bounce", "type": "bounce", "sg_event_id": "1", "decision_id": str(decision_id)}
    return signing.sendgrid([event], at)


def _text_bounced(decision_id: UUID, at: datetime) -> Signed:
    del at  # Twilio signs no time
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    return signing.twilio(PUBLIC, f"/webhooks/texter?decision={decision_id}", form)


def _anything_bounced(decision_id: UUID, at: datetime) -> Signed:
    data = {"decision_id": str(decision_id), "bounce": "hard"}
    return signing.standard({"type": "message.bounced", "timestamp": NOON.isoformat(), "data": data}, at)


def _mail_bounced_with_amazon(decision_id: UUID, at: datetime) -> Signed:
    mail = {"messageId": "1", "tags": {"decision_id": [str(decision_id)]}}
    return signing.sns({"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Permanent"}}, at)


@pytest.fixture(params=[_mail_bounced, _text_bounced, _anything_bounced, _mail_bounced_with_amazon])
def bounced(request: pytest.FixtureRequest) -> Callable[[UUID, datetime], Signed]:
    """How one kind of provider tells of a bounce."""
    told: Callable[[UUID, datetime], Signed] = request.param
    return told


async def test_a_webhook_is_believed_with_its_signature_in_its_time_and_once(
    pool: Pool, provider: httpx.AsyncClient, ada: Enrolled, bounced: Callable[[UUID, datetime], Signed]
) -> None:
    channel = Channel.SMS if bounced is _text_bounced else Channel.EMAIL
    decision_id = await sent(pool, ada, channel=channel)
    now = datetime.now(UTC)
    signed = bounced(decision_id, now)
    wrong = [
        replace(signed, body=signed.body.replace(b"ounce", b"OUNCE").replace(b"30005", b"30006")),
        replace(signed, headers={"Content-Type": signed.headers.get("Content-Type", "application/json")}),
        replace(signed, headers={name: value[::-1] for name, value in signed.headers.items()}),
        replace(signed, body=b""),
    ]
    if bounced is _text_bounced:
        form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
        path = f"/webhooks/texter?decision={decision_id}"
        wrong += [
            signing.twilio("https://evil.example", path, form),
            signing.twilio(PUBLIC, path, form, token="another"),
            replace(signed, path="/webhooks/texter?decision=another"),
        ]
    elif bounced is _mail_bounced_with_amazon:
        # What Amazon signs lies whole in the body: headers prove nothing.
        wrong = [wrong[0], wrong[3], *(bounced(decision_id, now + by) for by in (-3610 * _SECOND, 3610 * _SECOND))]
    else:
        wrong += [bounced(decision_id, now + by) for by in (-310 * _SECOND, 310 * _SECOND)]
    assert [(await post(provider, each)).status_code for each in wrong] == [401] * len(wrong)
    assert not await pool.fetchval("SELECT EXISTS (SELECT 1 FROM feedback)")
    assert await state(pool, decision_id) == "sent"

    assert (await post(provider, signed)).status_code == 200
    assert await state(pool, decision_id) == "bounced"
    before = await pool.fetchval("SELECT count(*) FROM events")
    for again in (signed, bounced(decision_id, now)):
        assert (await post(provider, again)).status_code == 200
    assert await pool.fetchval("SELECT count(*) FROM feedback") == 1
    assert await pool.fetchval("SELECT count(*) FROM events") == before


_NOT_AMAZON = (
    {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:mails"},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("https", "http")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("amazonaws.com", "amazonaws.com.evil.example")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("sns.eu", "s3.eu")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("eu-west-1", "us-east-1")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("https://", "https://evil.example@")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace(".pem", ".pem?file=evil")},
    {"SigningCertURL": signing.CERTIFICATE_URL.replace("0123", "3210")},
    {"SignatureVersion": "1"},
    {"Timestamp": "yesterday"},
    {"Type": "Postcard"},
)


async def test_amazon_is_believed_of_the_declared_topic_by_amazons_certificate_alone(
    pool: Pool, provider: httpx.AsyncClient, amazon: AmazonServer, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    mail = {"messageId": "1", "tags": {"decision_id": [str(decision_id)]}}
    event = {"eventType": "Bounce", "mail": mail, "bounce": {"bounceType": "Permanent"}}
    for changes in _NOT_AMAZON:
        refused = await post(provider, signing.sns(event, datetime.now(UTC), **changes))
        assert refused.status_code == 401, changes
    assert amazon.fetched == 1, "nothing is fetched for what can never be believed"
    assert await state(pool, decision_id) == "sent"
