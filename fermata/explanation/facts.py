"""What a decision was made on, and where each of it was known from."""

from collections.abc import Iterator

from fermata.explanation.local_time import LocalTime
from fermata.ledger.record import DecisionRecord
from fermata.policy import Exposure, Facts, Waiting
from fermata.policy.region import region_of
from fermata.wording import channel_in_words, counted

_SHOWN = 4


def facts_in_words(record: DecisionRecord, clock: LocalTime) -> Iterator[tuple[str, str]]:
    """Yields the facts, each with its name.

    Args:
        record: The decision.
        clock: The person's.
    """
    facts = record.facts
    yield "time zone", clock.source
    if facts is None:
        yield "other facts", f"cannot be read by this version of Fermata ({record.facts_fault})"
        return
    yield "region", region_of(facts.profile).text
    yield "addresses", _addresses(facts)
    yield "consent", _consent(facts)
    yield from _wishes(facts, clock)
    yield "reached before", _exposures(facts.exposures, clock)
    if facts.address_exposures:
        yield "same number", f"{_exposures(facts.address_exposures, clock)}, as another profile"
    if facts.waiting:
        yield "also waiting", "; ".join(_waiting(each, clock) for each in facts.waiting[:_SHOWN])
    if facts.eligibility is not None:
        yield "who gets it", facts.eligibility.why
    if facts.message.expires_at is not None:
        yield "no use after", clock.to_the_minute(facts.message.expires_at)
    for channel, reason in facts.blocked.items():
        yield "failed before", f"{channel_in_words(channel)}: {reason.value}"


def _addresses(facts: Facts) -> str:
    profile = facts.profile
    known = [f"{channel_in_words(channel)} {address}" for channel, address in profile.addresses.items() if address]
    suppressed = [f"{channel_in_words(channel)} must not be used" for channel in profile.suppressed]
    return "; ".join((*known, *suppressed)) or "none"


def _consent(facts: Facts) -> str:
    said = [
        f"{channel_in_words(channel)} {purpose.value} {consent.value}"
        for channel, purposes in facts.profile.consent.items()
        for purpose, consent in purposes.items()
        if consent is not None
    ]
    return "; ".join(said) or "nothing recorded"


def _wishes(facts: Facts, clock: LocalTime) -> Iterator[tuple[str, str]]:
    profile = facts.profile
    unwanted = [topic for topic, wanted in sorted(profile.topics.items()) if not wanted]
    if unwanted:
        yield "opted out of", ", ".join(unwanted)
    if profile.preferred_channels:
        yield "likes best", ", ".join(channel_in_words(channel) for channel in profile.preferred_channels)
    if profile.quiet_hours is not None:
        yield "quiet hours", f"{profile.quiet_hours.text}, the person's own"
    if profile.do_not_disturb:
        yield "silence", "asked for, with no end"
    elif profile.do_not_disturb_until is not None:
        yield "silence", f"asked for, until {clock.to_the_minute(profile.do_not_disturb_until)}"
    if profile.active_session is not None:
        yield "visit", "going on"


def _exposures(exposures: tuple[Exposure, ...], clock: LocalTime) -> str:
    if not exposures:
        return "not within the time that the policy looks back"
    latest = sorted(exposures, key=lambda exposure: exposure.at, reverse=True)[:_SHOWN]
    told = ", ".join(f"{channel_in_words(each.channel)} {clock.to_the_minute(each.at)}" for each in latest)
    more = len(exposures) - len(latest)
    return f"{counted(len(exposures), 'time')}: {told}" + (f" and {more} earlier" if more else "")


def _waiting(waiting: Waiting, clock: LocalTime) -> str:
    end = clock.to_the_minute(waiting.next_eligible_at) if waiting.next_eligible_at else "the next visit"
    return f"{waiting.message} (priority {waiting.priority}) by {channel_in_words(waiting.channel)}, until {end}"
