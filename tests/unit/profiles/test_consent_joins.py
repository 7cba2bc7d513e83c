"""When names became a person's: exact where they were stated beside the user id, and never too lenient elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fermata.profiles.consent import Statement, standing
from fermata.profiles.consent_joins import HeldName, joins
from fermata.profiles.identity import STRENGTH, Anchor, Identity, IdentityKind
from fermata.vocabulary import Channel, Consent, ConsentPurpose

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
USER = Identity(IdentityKind.USER_ID, "ada")
EMAIL = Identity(IdentityKind.EMAIL, "e")
DEVICE = Identity(IdentityKind.DEVICE, "d")
PHONE = Identity(IdentityKind.ANONYMOUS_ID, "phone")
LAPTOP = Identity(IdentityKind.ANONYMOUS_ID, "laptop")
GRANTED, REVOKED = Consent.GRANTED, Consent.REVOKED


class Event(NamedTuple):
    """An event with its names, the strongest first, and what it says of consent."""

    minute: int
    names: tuple[Identity, ...]
    status: Consent | None = None


def test_a_visitor_is_the_person_from_their_signing_in_on() -> None:
    link = HeldName(PHONE, Anchor(IdentityKind.USER_ID, NOON))
    names = [link, HeldName(USER, Anchor(IdentityKind.ANONYMOUS_ID, NOON))]
    assert joins(names, {str(PHONE), str(USER)}) == {str(PHONE): NOON}


def test_a_name_that_is_somebody_elses_by_now_only_ever_withdraws() -> None:
    words = [
        Statement(Channel.EMAIL, ConsentPurpose.MARKETING, status, NOON, str(name))
        for status, name in ((GRANTED, DEVICE), (REVOKED, PHONE))
    ]
    spoken = {str(DEVICE), str(PHONE)}
    names = [HeldName(USER, None)]
    assert standing(words[:1], joins(names, spoken)) == {Channel.EMAIL: {ConsentPurpose.MARKETING: GRANTED}}
    assert standing(words, joins(names, spoken)) == {Channel.EMAIL: {ConsentPurpose.MARKETING: REVOKED}}


def test_what_a_visitor_agreed_to_on_a_device_does_not_undo_what_the_person_had_withdrawn() -> None:
    events = [
        Event(0, (USER, LAPTOP), REVOKED),
        Event(1, (DEVICE, PHONE)),
        Event(2, (PHONE,), GRANTED),
        Event(3, (USER, DEVICE)),
    ]
    assert _folded(events) is REVOKED
    assert _folded([*events, Event(4, (USER,), GRANTED)]) is GRANTED


def test_two_user_ids_of_one_person_are_both_heard_from_the_alias_on() -> None:
    former = Identity(IdentityKind.USER_ID, "before")
    alias = Event(2, (USER, former))
    assert _folded([Event(1, (former,), REVOKED), Event(1, (USER,), GRANTED), alias]) is REVOKED
    assert _folded([Event(1, (former,), REVOKED), alias, Event(3, (USER,), GRANTED)]) is GRANTED


stated = st.lists(st.sampled_from([USER, EMAIL, DEVICE, PHONE, LAPTOP]), min_size=1, max_size=3, unique=True)
events = st.builds(
    lambda minute, names, status: Event(minute, _strongest_first(names), status),
    st.integers(0, 8),
    stated,
    st.sampled_from([None, GRANTED, REVOKED]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(events, max_size=9))
@example([Event(0, (USER,), REVOKED), Event(1, (DEVICE, PHONE), GRANTED), Event(3, (USER, DEVICE))])
def test_what_was_withdrawn_before_two_became_one_is_never_given_back_by_the_merge(said: list[Event]) -> None:
    own = _of_the_person(said)
    if _component_by_component(own) is REVOKED:
        assert _folded(own) is REVOKED


@settings(max_examples=400, deadline=None)
@given(st.lists(events, max_size=9))
def test_where_every_name_stood_beside_the_user_id_the_answer_is_exact(said: list[Event]) -> None:
    own = [each for each in said if USER in each.names or len(each.names) == 1]
    own = _of_the_person(own)
    assert _folded(own) is _component_by_component(own)


def _strongest_first(names: Iterable[Identity]) -> tuple[Identity, ...]:
    return tuple(sorted(names, key=lambda name: (STRENGTH[name.kind], name.value)))


def _folded(said: Sequence[Event]) -> Consent | None:
    """What the log comes to: links as the door keeps them, statements under the strongest name of their event."""
    anchors: dict[Identity, Anchor] = {}
    for event in said:
        for name in event.names:
            for other in event.names:
                anchor = Anchor(other.kind, _at(event))
                if other != name and anchor.goes_before(anchors.get(name)):
                    anchors[name] = anchor
    names = {name for event in said for name in event.names}
    joined = joins([HeldName(name, anchors.get(name)) for name in names], {str(name) for name in names})
    statements = [
        Statement(Channel.EMAIL, ConsentPurpose.MARKETING, event.status, _at(event), str(event.names[0]))
        for event in said
        if event.status is not None
    ]
    return standing(statements, joined).get(Channel.EMAIL, {}).get(ConsentPurpose.MARKETING)


def _component_by_component(said: Sequence[Event]) -> Consent | None:
    """The same from the whole story: who was one person when, by every pair of names in every event."""
    group = {name: frozenset({name}) for event in said for name in event.names}
    state: dict[frozenset[Identity], Consent | None] = {frozenset({name}): None for name in group}
    for minute in range(10):
        of_now = [event for event in said if event.minute == minute]
        for event in of_now:
            for one, other in combinations(event.names, 2):
                mine, theirs = group[one], group[other]
                if mine != theirs:
                    both = mine | theirs
                    words = {state.pop(mine), state.pop(theirs)}
                    state[both] = REVOKED if REVOKED in words else GRANTED if GRANTED in words else None
                    group |= dict.fromkeys(both, both)
        for status in (GRANTED, REVOKED):
            for event in of_now:
                if event.status is status:
                    state[group[event.names[0]]] = status
    return state[group[USER]] if USER in group else None


def _of_the_person(said: Sequence[Event]) -> list[Event]:
    """Those events that are in the end the one person's, whose user id it is."""
    mine = {USER}
    for _ in said:
        for event in said:
            if mine & set(event.names):
                mine |= set(event.names)
    return [event for event in said if mine & set(event.names)]


def _at(event: Event) -> datetime:
    return NOON + timedelta(minutes=event.minute)
