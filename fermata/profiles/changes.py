"""What an event changes about its person: only the facts of which nothing newer is known, whatever came in first."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fermata.events import IncomingEvent
from fermata.events.message_events import NO_VISIT
from fermata.profiles.profile import Profile
from fermata.profiles.session import continued
from fermata.profiles.stated import Path, stated, states_nothing, to_phone
from fermata.vocabulary import Channel

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WITHIN = ("addresses", "traits", "topics")
"""Columns that hold facts by name, of which null takes one away."""


def apply(profile: Profile, event: IncomingEvent) -> Profile:
    """The profile after the event. In whatever order events come in, each fact is that of the latest which states it.

    Consent is no such fact: what is said about it goes into a log, and comes from there.

    Args:
        profile: Before it.
        event: One of this person's.
    """
    session = profile.session
    if event.name not in NO_VISIT:  # a mail that arrives is nobody's visit
        session = continued(session, event.message_id, event.occurred_at)
    if states_nothing(event):
        return replace(profile, session=session)  # most events
    at = (event.occurred_at - _EPOCH) // timedelta(microseconds=1)
    facts = {
        path: value
        for path, value in stated(event, profile.country).items()
        if _holds(path, value, at, profile.facts_at.get(".".join(path)))
    }
    if not facts:
        return replace(profile, session=session)
    columns = {path[0]: value for path, value in facts.items() if len(path) == 1}
    for column in _WITHIN:
        inside = {path[1]: value for path, value in facts.items() if path[0] == column}
        if inside:
            columns[column] = _merged(getattr(profile, column), inside)
    after = replace(
        profile,
        **columns,
        session=session,
        facts_at={**profile.facts_at, **dict.fromkeys(_names(facts), at)},
    )
    return after if after.country == profile.country else phone_read_again(after)


def _holds(path: Path, value: object, at: int, known_at: int | None) -> bool:
    """Whether a fact is to be believed. Of two of one instant the one that came later, but an opt-out stands."""
    if known_at is None or at > known_at:
        return True
    return at == known_at and not (path[0] == "topics" and value is True)


def _names(facts: Iterable[Path]) -> Iterable[str]:
    return (".".join(path) for path in facts)


def _merged(before: Mapping[str, Any], stated_now: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **stated_now}.items() if value is not None}


def phone_read_again(profile: Profile) -> Profile:
    """The profile with its phone number read where the person is.

    A number that could not be read while the country was unknown, or another, may be readable now.
    """
    number = profile.addresses.get(Channel.SMS.value)
    if number is None or number.startswith("+"):
        return profile
    read = to_phone(number, profile.country)
    return replace(profile, addresses=_merged(profile.addresses, {Channel.SMS.value: read}))
