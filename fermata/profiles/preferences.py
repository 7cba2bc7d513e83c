"""What a person prefers: topics, channels, hours of quiet, silence, and the zone that their clock shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from fermata.events.traits import Instant, PreferredChannels, QuietHours, TimeZone, Topics
from fermata.profiles.consent_log import microseconds
from fermata.profiles.profile import Profile
from fermata.vocabulary import Channel


class Preferences(BaseModel):
    """What a person prefers.

    Args:
        topics: What they want to hear of (true) and what not (false); of others nothing was said.
        preferred_channels: Those that they like best, the best first.
        quiet_hours: Their own, local time.
        do_not_disturb: Silence with no end.
        do_not_disturb_until: Silence until an instant.
        time_zone: IANA name.
    """

    model_config = ConfigDict(frozen=True)

    topics: dict[str, bool]
    preferred_channels: tuple[Channel, ...]
    quiet_hours: QuietHours | None
    do_not_disturb: bool
    do_not_disturb_until: datetime | None
    time_zone: str | None


class PreferencesChange(BaseModel):
    """What is to be otherwise; what is not named stays as it is, null takes a value away.

    Args:
        topics: Those named; null to one means that nothing was ever said of it.
        preferred_channels: The whole order.
        quiet_hours: ``{"start": "22:00", "end": "07:00"}``, local time; the end is not in.
        do_not_disturb: True for silence with no end.
        do_not_disturb_until: ISO 8601 with an offset.
        time_zone: IANA name.
    """

    # A misspelt "quiet_hour" must not be passed over.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    topics: Topics | None = None
    preferred_channels: PreferredChannels | None = None
    quiet_hours: QuietHours | None = None
    do_not_disturb: bool | None = None
    do_not_disturb_until: Instant = None
    time_zone: TimeZone = None


def preferences_of(profile: Profile) -> Preferences:
    """What the person prefers now."""
    quiet = profile.quiet_hours
    return Preferences(
        topics=dict(profile.topics),
        preferred_channels=tuple(Channel(name) for name in profile.preferred_channels),
        quiet_hours=QuietHours(**quiet) if quiet is not None else None,
        do_not_disturb=profile.do_not_disturb,
        do_not_disturb_until=profile.do_not_disturb_until,
        time_zone=profile.time_zone,
    )


def preferring(profile: Profile, change: PreferencesChange, now: datetime) -> Profile:
    """The profile after a change. An event from before it that comes in later takes nothing of it back.

    Args:
        profile: Before it.
        change: What is to be otherwise.
        now: When it was said.
    """
    given = change.model_fields_set
    columns: dict[str, Any] = {}
    stated: list[str] = []
    if change.topics:
        known = {**profile.topics, **change.topics}
        columns["topics"] = {name: wanted for name, wanted in known.items() if wanted is not None}
        stated += [f"topics.{name}" for name in change.topics]
    for column, value in _whole(change).items():
        if column in given:
            columns[column] = value
            stated.append(column)
    facts_at = {**profile.facts_at, **dict.fromkeys(stated, microseconds(now))}
    return replace(profile, **columns, facts_at=facts_at)


def _whole(change: PreferencesChange) -> Mapping[str, Any]:
    return {
        "preferred_channels": tuple(channel.value for channel in change.preferred_channels or ()),
        "quiet_hours": change.quiet_hours.model_dump() if change.quiet_hours is not None else None,
        "do_not_disturb": bool(change.do_not_disturb),
        "do_not_disturb_until": change.do_not_disturb_until,
        "time_zone": change.time_zone,
    }
