"""What providers write is understood or refused in so many words, however it is bent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from fermata.errors import BadSignature, InvalidEvent
from fermata.events.webhooks import Delivery
from fermata.feedback.keywords import Keyword, answer_in, keyword_in
from fermata.feedback.reading import Told
from fermata.feedback.sendgrid import read_sendgrid
from fermata.feedback.ses import read_ses
from fermata.feedback.signed_json import read_signed_json
from fermata.feedback.sns import SnsMessage, check_claim, check_signature
from fermata.feedback.states import after
from fermata.feedback.telling import without_query
from fermata.feedback.twilio import read_twilio
from fermata.vocabulary import DeliveryState, FeedbackKind
from tests.unit.events.bent_payloads import bent
from tests.unit.feedback.provider_signing import TOPIC, amazons_certificate, sns

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
EVENT: dict[str, Any] = {
    "event": "bounce",
    "timestamp": 1772950000,
    "sg_event_id": "e1",
    "sg_message_id": "m1.more",
    "decision_id": "01890000-0000-7000-8000-0000000dec10",
    "type": "bounce",
    "status": "5.1.1",
    "reason": "no such user",
    "ip": "192.0.2.7",
    "url": "https://shop.example/",
}
SES_EVENT: dict[str, Any] = {
    "eventType": "Bounce",
    "mail": {
        "messageId": "0102-1",
        "tags": {"decision_id": ["01890000-0000-7000-8000-0000000dec10"]},
        "headers": [{"name": "X-Fermata-Decision", "value": "01890000-0000-7000-8000-0000000dec10"}],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
        "timestamp": "2026-03-09T10:31:00.123Z",
        "userAgent": "Mozilla/5.0",
    },
}
BODY: dict[str, Any] = {
    "type": "message.clicked",
    "timestamp": "2026-03-09T10:31:00Z",
    "data": {"id": "m1", "url": "https://shop.example/", "ip": "192.0.2.7"},
}
FORM = {
    "MessageSid": "SM1",
    "MessageStatus": "undelivered",
    "ErrorCode": "30005",
    "From": "+1",
    "Body": "x",
    "To": "+2",
}


def delivery(body: object, **headers: str) -> Delivery:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery({name.replace("_", "-"): value for name, value in headers.items()}, data, NOW)


@given(st.data())
def test_bent_events_of_sendgrid_are_understood_or_passed_over(data: st.DataObject) -> None:
    events = data.draw(st.lists(st.one_of(bent(EVENT), JSON), max_size=4))
    told = read_sendgrid(delivery(events), source="mailer", provider="mailer")
    for word in told.words:
        (word.source_id + word.detail + (word.link_url or "") + "".join(word.evidence.values())).encode()
    assert len(told.words) + told.not_understood == len(events)


@given(bent(SES_EVENT) | JSON)
def test_bent_events_of_ses_are_understood_passed_over_or_refused(event: object) -> None:
    message = SnsMessage.read(delivery(sns(event, NOW).body))
    try:
        told = read_ses(message, NOW, source="amazon", provider="amazon")
    except InvalidEvent:
        assert not isinstance(event, dict)
        return
    for word in told.words:
        (word.source_id + word.detail + (word.link_url or "") + "".join(word.evidence.values())).encode()
        assert word.occurred_at <= NOW
    assert len(told.words) + told.not_understood == 1


@given(bent(json.loads(sns({}, NOW).body)))
def test_a_bent_message_of_sns_is_never_believed_for_another(body: object) -> None:
    whole = json.loads(sns({}, NOW).body)
    try:
        message = SnsMessage.read(delivery(body))
        check_claim(message, [TOPIC], NOW)
        check_signature(message, load_pem_x509_certificate(amazons_certificate()), NOW)
    except BadSignature:
        return
    assert message == SnsMessage.read(delivery(whole))


@given(bent(BODY))
def test_bent_json_is_understood_or_refused(body: object) -> None:
    try:
        told = read_signed_json(delivery(body, webhook_id="msg_1"), source="gateway", provider="gateway")
    except InvalidEvent:
        return
    assert len(told.words) + len(told.texts) == 1


@given(st.dictionaries(st.sampled_from([*FORM, "SmsStatus", "OptOutType", "SmsSid"]), st.text(max_size=12)))
def test_any_form_of_twilios_is_understood_or_refused(fields: dict[str, str]) -> None:
    form = urlencode({**FORM, **fields}, errors="replace").encode()
    try:
        told = read_twilio(delivery(form), query={"decision": "no id"}, source="texter", provider="texter")
    except InvalidEvent:
        return
    assert isinstance(told, Told)


@given(st.binary(max_size=200))
def test_bytes_that_are_nothing_are_refused(body: bytes) -> None:
    readers: list[Callable[[], Told]] = [
        lambda: read_sendgrid(delivery(body), source="a", provider="a"),
        lambda: read_signed_json(delivery(body, webhook_id="1"), source="a", provider="a"),
        lambda: read_twilio(delivery(body), query={}, source="a", provider="a"),
    ]
    for read in readers:
        with pytest.raises(InvalidEvent):
            read()


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("STOP", Keyword.STOP),
        (" stop!\n", Keyword.STOP),
        ("Arrêt", Keyword.STOP),
        ("Stop please", Keyword.STOP),
        ("STOP texting me now", Keyword.STOP),
        ("stop by tomorrow when you can", None),
        ("Cancel my order", None),
        ("end", Keyword.STOP),
        ("UNSTOP", Keyword.START),
        ("help?", Keyword.HELP),
        ("", None),
        ("🛑", None),
        ("non-stop", None),
    ],
)
def test_keywords_are_heard_however_they_are_written(text: str, keyword: Keyword | None) -> None:
    assert keyword_in(text) is keyword


@given(st.text(max_size=1600))
def test_what_lies_in_a_history_is_one_short_word_or_nothing(text: str) -> None:
    answer = answer_in(text)
    assert answer is None or (len(answer) <= 20 and answer.isalpha())


@given(st.sampled_from(DeliveryState), st.lists(st.sampled_from(FeedbackKind), max_size=6), st.randoms())
def test_states_only_rise_and_come_to_the_same_in_any_order(
    state: DeliveryState, kinds: list[FeedbackKind], chance: Any
) -> None:
    def folded(told: list[FeedbackKind]) -> DeliveryState:
        reached = state
        for kind in told:
            reached = after(reached, kind)
        return reached

    shuffled = [*kinds, *kinds]
    chance.shuffle(shuffled)
    assert folded(shuffled) is folded(kinds)
    assert not kinds or folded(kinds) in ("delivered", "bounced", "complained")


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://shop.example/a?email=ada@example.com#x", "https://shop.example/a"),
        ("https://ada:hush@shop.example:8443/a", "https://shop.example:8443/a"),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("https://shop.example:99999/", ""),
    ],
)
def test_of_a_link_no_name_or_token_goes_into_an_event(url: str, left: str) -> None:
    assert without_query(url) == left
