"""What an operator reads must be short, true and without code words."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.database import new_id
from fermata.journeys import Message
from fermata.ledger import RecordedDecision
from fermata.vocabulary import Action, Channel, Reason
from workflows.narration import Narration, hold_summary, in_words, reason_in_words

REMINDER = Message(key="cart_reminder", channels=(Channel.EMAIL,))
NOW = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)


def held(reason: Reason, local_time: str | None = "Wed 09:00 Europe/Paris") -> RecordedDecision:
    return RecordedDecision(
        id=new_id(),
        action=Action.DEFER,
        reason=reason,
        channel=Channel.EMAIL,
        next_eligible_at=NOW,
        local_time=local_time,
    )


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=2), "2 days"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(seconds=0.5), "0.5 s"),
    ],
)
def test_a_duration_is_said_as_people_say_it(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words


def test_the_label_of_a_hold_says_why_until_when_and_for_what() -> None:
    label = hold_summary(REMINDER, held(Reason.QUIET_HOURS))
    assert label == "Quiet hours until Wed 09:00 Europe/Paris, email cart_reminder"


def test_a_hold_without_an_instant_waits_for_the_next_visit() -> None:
    assert "until the next visit" in hold_summary(REMINDER, held(Reason.NO_ACTIVE_SESSION, None))


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_and_every_label_fits_the_ui(reason: Reason) -> None:
    assert "_" not in reason_in_words(reason)
    long_key = Message(key="k" * 60, channels=(Channel.EMAIL,))
    assert len(hold_summary(long_key, held(reason, "Wed 09:00 America/Argentina/ComodRivadavia"))) <= 120


def test_the_details_show_the_latest_first_and_forget_the_oldest() -> None:
    narration = Narration("Goal: Order Completed.")
    narration.stands("Waiting")
    for number in range(9):
        narration.tell(NOW + timedelta(hours=number), f"thing {number}")
    text = narration.markdown()
    assert text.startswith("**Waiting**")
    assert text.index("thing 8") < text.index("thing 7")
    assert "thing 2" not in text
    assert text.endswith("Goal: Order Completed.")
