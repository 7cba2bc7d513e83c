"""Codes, instants and numbers as people say them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fermata.vocabulary import Channel, Reason

_REASONS = {
    Reason.ELIGIBLE: "every rule lets it through",
    Reason.SUBSTITUTED: "capped: a card went in its place",
    Reason.CONSENT_MISSING: "never said yes, where a yes is needed",
    Reason.CONSENT_REVOKED: "said no to this",
    Reason.DO_NOT_DISTURB: "asked for silence, with no end",
    Reason.DO_NOT_DISTURB_UNTIL: "asked for silence for a while",
    Reason.BLOCKED_REGION: "nobody is written to in their country",
    Reason.NOT_ON_ALLOW_LIST: "not on the list of this test environment",
    Reason.SUPPRESSED_ADDRESS: "the address must not be written to",
    Reason.MISSING_ADDRESS: "no address, and no other way to them",
    Reason.INVALID_ADDRESS: "the address cannot be right",
    Reason.NO_PUSH_TOKEN: "no push, and no other way to them",
    Reason.QUIET_HOURS: "the person's own quiet hours",
    Reason.OUTSIDE_WINDOW: "the channel is closed at this hour",
    Reason.SPREAD_IN_WINDOW: "their place in the channel's open hours",
    Reason.LEGAL_WINDOW: "the law closes it at this hour",
    Reason.HOLIDAY: "a public holiday where they live",
    Reason.NO_ACTIVE_SESSION: "not on a visit at the moment",
    Reason.FREQUENCY_CAPPED: "the channel's cap is full",
    Reason.CROSS_CHANNEL_CAPPED: "the cap across channels is full",
    Reason.LEGAL_CAPPED: "the law's cap is full",
    Reason.COOL_DOWN: "too soon after the last one",
    Reason.BACKOFF: "spaced out as the cap comes near",
    Reason.RATE_LIMITED: "the provider asks us to slow down",
    Reason.YIELDS_TO_PRIORITY: "a more important message goes first",
    Reason.EXPIRED: "could only go when it is stale",
    Reason.GOAL_MET: "the goal is met: nothing left to say",
    Reason.ELIGIBILITY_FAILED: "not among those it is for, any more",
    Reason.HOLDOUT_GLOBAL: "held out of all marketing, to compare",
    Reason.HOLDOUT_JOURNEY: "held out of this journey, to compare",
    Reason.JOURNEY_STOPPED: "the run had ended",
    Reason.PROVIDER_REJECTED: "the provider refused it",
    Reason.PROVIDER_EXHAUSTED: "the provider was tried in vain",
    Reason.PROVIDER_MISCONFIGURED: "no provider is set up for it",
    Reason.RENDER_FAILED: "its template could not be filled in",
    Reason.EMPTY_CONTENT: "its template came out empty",
    Reason.SILENT_ENRICHMENT: "capped: only the profile was updated",
}

_CHANNELS = {Channel.IN_APP: "in-app", Channel.SMS: "SMS", Channel.HAND_OFF: "hand-off"}


def reason_in_words(reason: Reason) -> str:
    """A reason as people say it; its code with spaces where there are no better words."""
    return _REASONS.get(reason, reason.value.replace("_", " "))


def channel_in_words(channel: Channel) -> str:
    """A channel as people write it."""
    return _CHANNELS.get(channel, channel.value)


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 event``, ``2,193 events``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(duration: timedelta) -> str:
    """A duration in its two largest units: ``2 d 3 h``, ``7 h 12 min``, ``4 min``, ``12 s``."""
    seconds = max(0, round(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def local(instant: datetime, zone: str | None, now: datetime, *, name: bool = True) -> str:
    """An instant on somebody's clock: ``09:00 Europe/Paris``, with the day where it is not today's there.

    Args:
        instant: Aware.
        zone: IANA name; None shows UTC.
        now: The present, aware: tells today from other days.
        name: Whether the zone is named behind it.
    """
    there, today = (moment.astimezone(ZoneInfo(zone or "UTC")) for moment in (instant, now))
    day = "" if there.date() == today.date() else f"{there:%a} "
    return f"{day}{there:%H:%M}" + (f" {zone or 'UTC'}" if name else "")


def until(instant: datetime, zone: str | None, now: datetime, *, name: bool = True) -> str:
    """When a hold ends: ``09:00 Europe/Paris (in 7 h 12 min)``. The arguments are those of ``local``."""
    return f"{local(instant, zone, now, name=name)} (in {span(instant - now)})"
