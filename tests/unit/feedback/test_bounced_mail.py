"""What mails in a bounce mailbox tell, whoever wrote them, and however badly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.feedback import Bounce, Feedback
from fermata.feedback.bounced_mail import read_bounced_mail
from fermata.vocabulary import FeedbackKind
from tests.integration.channels.envelopes import DECISION
from tests.unit.feedback.returned_mails import MESSAGE_ID, answer, complaint, failed, notification, original

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SAMPLES = [notification(failed("5.1.1")), notification(failed("4.2.2"), headers_only=True), complaint(), answer()]


def read(raw: bytes) -> Feedback:
    word = read_bounced_mail(raw, NOW)
    assert word is not None
    return word


@pytest.mark.parametrize("headers_only", [False, True], ids=["the whole mail", "its headers"])
def test_a_notification_names_the_mail_that_it_is_about(headers_only: bool) -> None:
    word = read(notification(failed("5.1.1"), headers_only=headers_only))
    assert (word.kind, word.bounce) == (FeedbackKind.BOUNCED, Bounce.HARD)
    assert (word.decision_id, word.provider_message_id, word.provider) == (DECISION, MESSAGE_ID, None)
    assert word.source_id == "<dsn-1@mx.example>"
    assert word.occurred_at == datetime(2026, 3, 9, 10, 31, tzinfo=UTC)
    assert word.detail == "5.1.1 smtp; 550 5.1.1 no such user"


@pytest.mark.parametrize(
    ("status", "diagnostic", "bounce"),
    [
        ("5.0.0", "x", Bounce.HARD),
        ("5.1.10", "x", Bounce.HARD),
        ("5.2.1 (closed)", "x", Bounce.HARD),
        ("5.4.4", "x", Bounce.HARD),
        ("5.2.2", "x", Bounce.SOFT),
        ("5.7.1", "x", Bounce.SOFT),
        ("4.4.7", "x", Bounce.SOFT),
        ("", "smtp; 550 no such user", Bounce.HARD),
        ("", "smtp; 452 full", Bounce.SOFT),
        ("nonsense", "smtp; 550 no such user", Bounce.SOFT),
    ],
)
def test_only_what_is_the_addresss_own_fault_is_hard(status: str, diagnostic: str, bounce: Bounce) -> None:
    assert read(notification(failed(status, diagnostic))).bounce is bounce


def test_of_several_reports_the_gravest_counts() -> None:
    word = read(notification(failed("4.2.2"), failed("2.0.0", action="delivered"), failed("5.1.1")))
    assert word.bounce is Bounce.HARD


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_only_late_has_not_come_back(action: str) -> None:
    assert read_bounced_mail(notification(failed("4.4.1", action=action)), NOW) is None


def test_the_address_that_it_came_back_to_names_the_mail_where_nothing_else_does() -> None:
    bare = original(decision=None, message_id=None)
    assert read_bounced_mail(notification(failed("5.1.1"), sent_back=bare), NOW) is None
    word = read(notification(failed("5.1.1"), sent_back=bare, to=f"bounces+{DECISION.hex}@shop.example"))
    assert (word.decision_id, word.provider_message_id) == (DECISION, None)


def test_a_mail_of_anothers_program_is_found_by_its_message_id() -> None:
    word = read(notification(failed("5.1.1"), sent_back=original(decision="not an id")))
    assert (word.decision_id, word.provider_message_id) == (None, MESSAGE_ID)


def test_a_complaint_is_told_from_its_being_taken_back() -> None:
    word = read(complaint())
    assert (word.kind, word.bounce, word.decision_id) == (FeedbackKind.COMPLAINED, None, DECISION)
    assert read_bounced_mail(complaint("not-spam"), NOW) is None


def test_an_answer_is_a_persons_and_not_a_programs() -> None:
    word = read(answer(In_Reply_To=MESSAGE_ID))
    assert (word.kind, word.provider_message_id) == (FeedbackKind.REPLIED, MESSAGE_ID)
    for headers in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X-Autoreply": "yes"}):
        assert read_bounced_mail(answer(In_Reply_To=MESSAGE_ID, **headers), NOW) is None
    assert read_bounced_mail(answer(), NOW) is None


def test_a_clock_that_is_ahead_is_not_believed() -> None:
    raw = notification(failed("5.1.1")).replace(b"9 Mar 2026 10:31:00", b"9 Mar 2031 10:31:00")
    assert read(raw).occurred_at == NOW


def test_the_same_mail_has_the_same_name_with_a_message_id_or_without() -> None:
    raw = notification(failed("5.1.1")).replace(b"Message-ID: <dsn-1@mx.example>\n", b"")
    assert read(raw).source_id == read(raw).source_id != "<dsn-1@mx.example>"


@given(st.binary(max_size=2000))
def test_what_is_no_mail_tells_nothing(raw: bytes) -> None:
    assert read_bounced_mail(raw, NOW) is None


@given(
    sample=st.sampled_from(SAMPLES),
    cuts=st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 60), st.binary(max_size=20)), min_size=1, max_size=6),
)
def test_a_mail_that_is_bent_tells_what_is_left_of_it_or_nothing(
    sample: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    for place, length, put in cuts:
        sample = sample[:place] + put + sample[place + length :]
    word = read_bounced_mail(sample, NOW)
    assert word is None or word.decision_id is not None or word.provider_message_id is not None


def test_boxes_in_boxes_without_end_are_not_followed() -> None:
    raw = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number) for number in range(3000)
    )
    assert read_bounced_mail(raw, NOW) is None
