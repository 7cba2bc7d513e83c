"""Moments as people read them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from cli.simulate.moments import Moment, Outgoing
from cli.simulate.timeline import Timeline, sentence
from fermata.vocabulary import Action, Channel, Reason

EVENING = datetime(2026, 3, 4, 21, 30, tzinfo=UTC)


def moment(kind: str, what: str, **more: Any) -> Moment:
    local = EVENING.astimezone(ZoneInfo("Europe/Paris"))
    return Moment(at=EVENING, local=local, kind=kind, person="ada", what=what, **more)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (moment("event", "Signed Up", routing={"welcome": "started"}), "Signed Up; welcome begins"),
        (moment("event", "Signed Up", routing={"welcome": "already_enrolled"}), "Signed Up; welcome is told"),
        (moment("event", "Signed Up"), "Signed Up; concerns no journey here"),
        (
            moment(
                "event",
                "Signed Up",
                routing={"welcome": "event_condition_unmet"},
                explanations={"welcome": "not so: plan is pro"},
            ),
            "Signed Up; begins no welcome: not so: plan is pro (event_condition_unmet)",
        ),
        (
            moment("wait", "Wait 1 hour", until=EVENING + timedelta(hours=1), ended_at=EVENING + timedelta(hours=1)),
            "Wait 1 hour, until 23:30",
        ),
        (
            moment("wait", "Wait 1 day", until=EVENING + timedelta(days=1), ended_at=EVENING + timedelta(hours=4)),
            "Wait 1 day, until Thu 5 Mar 22:30; ended Thu 5 Mar 02:30",
        ),
        (moment("wait", "Wait 1 day", until=EVENING + timedelta(days=1)), "Wait 1 day, until Thu 5 Mar 22:30; goes on"),
        (
            moment(
                "decision",
                "hello",
                action=Action.DEFER,
                reason=Reason.QUIET_HOURS,
                channel=Channel.SMS,
                until=EVENING + timedelta(hours=11),
            ),
            "hello by SMS is held until Thu 5 Mar 09:30: the person's own quiet hours (quiet_hours)",
        ),
        (
            moment("decision", "hello", action=Action.DROP, reason=Reason.CONSENT_REVOKED),
            "hello is not sent: said no to this (consent_revoked)",
        ),
        (moment("ended", "converted", journey="welcome", reason="Paid"), "welcome ends at its goal: Paid"),
    ],
)
def test_each_moment_is_a_sentence_on_the_persons_clock(told: Moment, words: str) -> None:
    assert sentence(told).plain == words


def test_the_words_of_a_message_stand_below_it_cut_short_unless_all_is_wanted() -> None:
    text = "\n\n".join(f"paragraph {number}" for number in range(9))
    content = {"subject": "A word", "html": "<p>…</p>", "text": text}
    sent = moment(
        "decision",
        "hello",
        action=Action.SEND,
        reason=Reason.ELIGIBLE,
        channel=Channel.EMAIL,
        outgoing=Outgoing(address="ada@example.com", content=content),
    )
    short, full = shown(sent), shown(sent, full=True)
    assert "Wednesday 4 March 2026" in short
    assert "22:30  ✓  hello goes out by email" in short
    assert "subject: A word" in short
    assert "paragraph 3" in short
    assert "paragraph 4" not in short
    assert "--full shows all of it" in short
    assert "paragraph 8" in full


def shown(*moments: Moment, full: bool = False) -> str:
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        console.print(Timeline(moments, full=full))
    return captured.get()
