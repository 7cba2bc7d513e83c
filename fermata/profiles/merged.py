"""Two profiles of one person as one: of each fact the one stated last, of consent the stricter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fermata.profiles.changes import phone_read_again
from fermata.profiles.profile import Profile
from fermata.profiles.session import Session
from fermata.vocabulary import Consent

_SINGLE = (
    "time_zone",
    "country",
    "subdivision",
    "device_time_zone",
    "device_country",
    "locale",
    "quiet_hours",
    "do_not_disturb",
    "do_not_disturb_until",
    "preferred_channels",
)
ConsentByPurpose = Mapping[str, Mapping[str, str]]
_BY_NAME = ("addresses", "traits", "topics")


def merged(survivor: Profile, loser: Profile) -> Profile:
    """The profile of the person who both are.

    Args:
        survivor: Of two facts that were stated at one instant, this one's stands.
        loser: Becomes part of it.
    """
    facts: dict[str, Any] = {column: _later(survivor, loser, column) for column in _SINGLE}
    facts |= {column: _facts_by_name(survivor, loser, column) for column in _BY_NAME}
    after = replace(
        survivor,
        **facts,
        consent=_stricter(survivor.consent, loser.consent),
        session=_latest(survivor.session, loser.session),
        facts_at={**loser.facts_at, **_stands(survivor, loser)},
    )
    return phone_read_again(after)


def _stands(survivor: Profile, loser: Profile) -> dict[str, int]:
    return {path: at for path, at in survivor.facts_at.items() if at >= loser.facts_at.get(path, at)}


def _later(survivor: Profile, loser: Profile, column: str) -> Any:  # noqa: ANN401 - a column's type is its own
    mine, theirs = getattr(survivor, column), getattr(loser, column)
    return theirs if _is_newer(loser, survivor, column, held=mine not in (None, False)) else mine


def _facts_by_name(survivor: Profile, loser: Profile, column: str) -> dict[str, Any]:
    mine: Mapping[str, Any] = getattr(survivor, column)
    theirs: Mapping[str, Any] = getattr(loser, column)
    facts = dict(mine)
    stated = {path.partition(".")[2] for path in loser.facts_at if path.startswith(f"{column}.")}
    for name in stated | theirs.keys():
        if _is_newer(loser, survivor, f"{column}.{name}", held=name in mine):
            facts.pop(name, None)
            facts |= {name: theirs[name]} if name in theirs else {}
    return facts


def _is_newer(one: Profile, other: Profile, path: str, *, held: bool) -> bool:
    """Whether one's fact goes before the other's. What was stated at no known time gives way to all that was."""
    at, other_at = one.facts_at.get(path), other.facts_at.get(path)
    if at is None:
        return other_at is None and not held
    return other_at is None or at > other_at


def _stricter(
    one: Mapping[str, Mapping[str, str]], other: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    consent = {channel: dict(purposes) for channel, purposes in one.items()}
    for channel, purposes in other.items():
        mine = consent.setdefault(channel, {})
        for purpose, status in purposes.items():
            if mine.get(purpose) != Consent.REVOKED.value:
                mine[purpose] = status
    return consent


def _latest(one: Session | None, other: Session | None) -> Session | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda session: session.seen_at)
