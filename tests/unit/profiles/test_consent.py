"""What statements on consent come to, whatever order they arrive in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from fermata.profiles.consent import Standing, Statement, standing
from fermata.vocabulary import Channel, Consent, ConsentPurpose

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ADA, PHONE, LAPTOP = "user_id:ada", "anonymous_id:phone", "anonymous_id:laptop"
GRANTED, REVOKED = Consent.GRANTED, Consent.REVOKED
MARKETING = ConsentPurpose.MARKETING


def said(status: Consent, minute: int, name: str = ADA, channel: Channel = Channel.EMAIL) -> Statement:
    return Statement(channel, MARKETING, status, at(minute), name)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def email(*statements: Statement, joined: Mapping[str, datetime] | None = None) -> Consent | None:
    return standing(statements, joined or {}).get(Channel.EMAIL, {}).get(MARKETING)


def test_the_latest_word_stands() -> None:
    assert email(said(GRANTED, 1), said(REVOKED, 2)) is REVOKED
    assert email(said(REVOKED, 1), said(GRANTED, 2)) is GRANTED
    assert email() is None


def test_at_one_instant_a_withdrawal_stands() -> None:
    assert email(said(REVOKED, 1), said(GRANTED, 1)) is REVOKED


def test_one_matter_says_nothing_of_another() -> None:
    sms = said(REVOKED, 2, channel=Channel.SMS)
    assert standing([said(GRANTED, 1), sms], {}) == {
        Channel.EMAIL: {MARKETING: GRANTED},
        Channel.SMS: {MARKETING: REVOKED},
    }


def test_a_visitor_who_refused_and_then_turns_out_to_be_somebody_who_agreed_has_refused() -> None:
    refused, agreed = said(REVOKED, 1, PHONE), said(GRANTED, 2)
    assert email(refused, agreed, joined={PHONE: at(3)}) is REVOKED


def test_and_somebody_who_refused_has_refused_whatever_a_visitor_had_agreed_to() -> None:
    assert email(said(REVOKED, 1), said(GRANTED, 2, PHONE), joined={PHONE: at(3)}) is REVOKED


def test_what_a_visitor_agreed_to_holds_for_somebody_who_had_said_nothing() -> None:
    assert email(said(GRANTED, 1, PHONE), joined={PHONE: at(3)}) is GRANTED


def test_an_explicit_grant_after_the_join_counts() -> None:
    assert email(said(REVOKED, 1, PHONE), said(GRANTED, 4), joined={PHONE: at(3)}) is GRANTED
    assert email(said(REVOKED, 1), said(GRANTED, 4, PHONE), joined={PHONE: at(3)}) is GRANTED


def test_so_does_the_grant_of_the_very_event_that_joins() -> None:
    assert email(said(REVOKED, 1, PHONE), said(GRANTED, 3), joined={PHONE: at(3)}) is GRANTED


def test_a_join_of_two_names_takes_the_strictest_of_all() -> None:
    words = [said(GRANTED, 1), said(GRANTED, 1, PHONE), said(REVOKED, 1, LAPTOP)]
    assert email(*words, joined={PHONE: at(2), LAPTOP: at(2)}) is REVOKED


words = st.builds(
    Statement,
    channel=st.sampled_from([Channel.EMAIL, Channel.SMS]),
    purpose=st.sampled_from([MARKETING, ConsentPurpose.ANALYTICS]),
    status=st.sampled_from(Consent),
    occurred_at=st.integers(0, 6).map(at),
    stated_as=st.sampled_from([ADA, PHONE, LAPTOP]),
)
joins = st.dictionaries(st.sampled_from([PHONE, LAPTOP]), st.integers(0, 6).map(at))


@settings(max_examples=500, deadline=None)
@given(st.lists(words, max_size=8), joins, st.randoms(use_true_random=False))
def test_in_whatever_order_statements_and_joins_arrive_the_answer_is_the_same(
    statements: list[Statement], joined: dict[str, datetime], random: Random
) -> None:
    shuffled, turned = list(statements), dict(reversed(joined.items()))
    random.shuffle(shuffled)
    assert standing(shuffled, turned) == standing(statements, joined)
    assert standing([*statements, *shuffled], joined) == standing(statements, joined), "said twice is said"


@settings(max_examples=500, deadline=None)
@given(st.lists(words, max_size=8), joins)
def test_a_fold_step_by_step_gives_the_same(statements: list[Statement], joined: dict[str, datetime]) -> None:
    assert standing(statements, joined) == _plainly(statements, joined)


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=8), st.integers(7, 9).map(at))
def test_two_logs_merged_are_one_log_and_the_stricter_of_their_two_standings(
    statements: list[Statement], merged_at: datetime
) -> None:
    hers = [each for each in statements if each.stated_as != PHONE]
    theirs = [each for each in statements if each.stated_as == PHONE]
    together = standing([*theirs, *hers], {PHONE: merged_at})
    assert together == _strictest(standing(hers, {}), standing(theirs, {}))


def _plainly(statements: Iterable[Statement], joined: Mapping[str, datetime]) -> Standing:
    """The same rules, one minute after the other, one state a name."""
    states: dict[str, dict[tuple[Channel, ConsentPurpose], Consent]] = {"person": {}, PHONE: {}, LAPTOP: {}}
    for minute in range(8):
        for name in (PHONE, LAPTOP):
            if joined.get(name) == at(minute):
                for matter, status in states[name].items():
                    if status is REVOKED or matter not in states["person"]:
                        states["person"][matter] = status
        of_now = [each for each in statements if each.occurred_at == at(minute)]
        for each in (
            *(one for one in of_now if one.status is GRANTED),
            *(one for one in of_now if one.status is REVOKED),
        ):
            own = each.stated_as in joined and joined[each.stated_as] > at(minute)
            states[each.stated_as if own else "person"][each.channel, each.purpose] = each.status
    found: dict[Channel, dict[ConsentPurpose, Consent]] = {}
    for (channel, purpose), status in states["person"].items():
        found.setdefault(channel, {})[purpose] = status
    return found


def _strictest(one: Standing, other: Standing) -> Standing:
    found: dict[Channel, dict[ConsentPurpose, Consent]] = {}
    for state in (one, other):
        for channel, purposes in state.items():
            for purpose, status in purposes.items():
                before = found.setdefault(channel, {}).get(purpose)
                found[channel][purpose] = REVOKED if REVOKED in (before, status) else GRANTED
    return found
