"""What a person prefers: topics that they do not want to hear of, and the channels that they like best."""

import json
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fermata.policy import Facts, decide
from fermata.vocabulary import MESSAGE_CHANNELS, Action, Channel
from tests.unit.policy.cases import given as as_given
from tests.unit.policy.cases import random_case
from tests.unit.policy.situations import ADDRESSES, DEFAULT, FREE, answer, facts
from tests.unit.policy.test_properties import facts_anywhere

OFFERS = {"topic": "offers"}
NEWS_ONLY = {"offers": False, "news": True}


def test_a_topic_that_the_person_has_opted_out_of_drops_the_message_and_the_trace_says_which() -> None:
    decision = decide(facts(message=OFFERS, topics=NEWS_ONLY), DEFAULT)
    assert (decision.action, decision.reason.value) == (Action.DROP, "consent_revoked")
    (entry,) = decision.trace
    assert (entry.rule, entry.verdict.value, entry.note) == ("topic", "never", "opted out of offers")


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ({"topic": "news"}, NEWS_ONLY),
        ({"topic": "recalls"}, NEWS_ONLY),  # never spoken of
        ({}, NEWS_ONLY),
        ({**OFFERS, "purpose": "transactional"}, NEWS_ONLY),
        (OFFERS, {}),
    ],
)
def test_every_other_topic_goes_and_so_does_what_a_person_is_owed(
    message: dict[str, Any], topics: dict[str, bool]
) -> None:
    assert answer(facts(message=message, topics=topics))[0] == "send"


def test_it_is_refused_also_where_a_substitute_could_go() -> None:
    full = [{"channel": "email", "at": "2026-03-04T11:00:00Z"}, {"channel": "email", "at": "2026-03-04T10:00:00Z"}]
    capped = facts(exposures=full, message={**OFFERS, "when_capped": "substitute"}, topics=NEWS_ONLY)
    assert answer(capped)[:2] == ("drop", "consent_revoked")


def test_the_channel_that_the_person_likes_best_goes_first_and_the_trace_says_so() -> None:
    decision = decide(facts("2026-03-04T12:00:00Z", "push", "email", preferred_channels=["email"]), DEFAULT)
    assert decision.channel is Channel.EMAIL
    first = decision.trace[0]
    assert (first.rule, first.verdict.value) == ("preferred_channels", "pass")
    assert first.note == "the person's order: email, push; the message's was push, email"


def test_a_preferred_channel_that_cannot_be_reached_gives_way_to_the_next() -> None:
    only_push = {"push": ADDRESSES["push"]}
    assert answer(
        facts("2026-03-04T12:00:00Z", "push", "email", addresses=only_push, preferred_channels=["email"])
    ) == (
        "send",
        "eligible",
        "push",
        None,
    )


def test_no_channel_is_added_that_the_author_did_not_name() -> None:
    assert answer(facts("2026-03-04T12:00:00Z", "push", preferred_channels=["sms", "email"]))[2] == "push"


@pytest.mark.parametrize("message", [{"purpose": "transactional"}, {"keeps_order": True}])
def test_an_order_that_matters_stays_the_authors(message: dict[str, Any]) -> None:
    asked = facts("2026-03-04T12:00:00Z", "push", "email", message=message, preferred_channels=["email"])
    decision = decide(asked, DEFAULT)
    assert decision.channel is Channel.PUSH
    assert "preferred_channels" not in {entry.rule for entry in decision.trace}


@settings(max_examples=100, deadline=None)
@given(facts_anywhere(), st.permutations(sorted(MESSAGE_CHANNELS)), st.integers(0, 5))
def test_preferring_an_order_decides_as_if_the_author_had_written_it(
    case: Facts, order: list[Channel], length: int
) -> None:
    preferred = tuple(order[:length])
    asked = case.model_copy(update={"profile": case.profile.model_copy(update={"preferred_channels": preferred})})
    liked = [channel for channel in preferred if channel in case.message.channels]
    others = [channel for channel in case.message.channels if channel not in preferred]
    if case.message.purpose.value == "transactional":
        liked, others = [], list(case.message.channels)
    written = case.model_copy(update={"message": case.message.model_copy(update={"channels": (*liked, *others)})})
    mine, theirs = decide(asked, DEFAULT), decide(written, DEFAULT)
    assert (mine.action, mine.reason, mine.channel, mine.next_eligible_at) == (
        theirs.action,
        theirs.reason,
        theirs.channel,
        theirs.next_eligible_at,
    )


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_without_preferences_every_answer_is_the_one_it_was_before_there_were_any(random: Random) -> None:
    case = json.dumps(as_given(random_case(random)))
    plain = decide(Facts.model_validate_json(case), DEFAULT)
    assert not {"topic", "preferred_channels"} & {entry.rule for entry in plain.trace}


def test_with_everything_open_the_first_of_the_persons_order_is_the_one_that_sends() -> None:
    for order in permutations(("email", "push", "sms")):
        asked = facts("2026-03-04T12:00:00Z", "push", "sms", "email", preferred_channels=order)
        assert decide(asked, FREE).channel == order[0]
