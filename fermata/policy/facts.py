"""What is known when a message is decided: the message, the profile, its exposures, and what waits. All of it given."""

from datetime import time
from functools import lru_cache
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from fermata.policy.duration import Duration
from fermata.policy.instants import Deadline, Instant
from fermata.policy.session import ActiveSession
from fermata.policy.wall_time import minutes_of_day
from fermata.policy.weekly_hours import DAY_MINUTES, Hours, WeeklyHours
from fermata.policy.zones import zone
from fermata.vocabulary import MESSAGE_CHANNELS, Channel, Consent, ConsentPurpose, Purpose, Reason, WhenCapped


class _Facts(BaseModel):
    # Unknown fields are refused: a misspelt "quiet_hour" must not let a message out at night.
    model_config = ConfigDict(frozen=True, extra="forbid")


def _known_zone(name: str) -> str:
    zone(name)
    return name


def _wall_time(value: object) -> time:
    if isinstance(value, time):
        if value.tzinfo is not None or value.second or value.microsecond:
            raise ValueError(f"{value.isoformat()} is not a plain local HH:MM")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no time of day; write HH:MM")  # noqa: TRY004 - pydantic reads ValueError
    hour, minute = divmod(minutes_of_day(value.removesuffix(":00") if value.count(":") == 2 else value), 60)
    return time(hour % 24, minute)


ZoneName = Annotated[str, AfterValidator(_known_zone)]
WallTime = Annotated[
    time,
    PlainValidator(_wall_time),
    PlainSerializer(lambda value: f"{value:%H:%M}"),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-4]):[0-5][0-9]$"}),
]
CountryCode = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$"), AfterValidator(str.upper)]


class QuietHours(_Facts):
    """When a person wants to be left alone, every day, in local time. May cross midnight; the end is open again.

    Args:
        start: For example ``time(22)``.
        end: For example ``time(7)``; ``"24:00"`` is read as midnight.
    """

    start: WallTime
    end: WallTime

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"quiet hours start and end at {self.start:%H:%M}; for silence all day use do_not_disturb")
        return self

    @property
    def open_hours(self) -> WeeklyHours:
        """The rest of the day, when messages may come."""
        return _open_hours(self.start.hour * 60 + self.start.minute, self.end.hour * 60 + self.end.minute)

    @property
    def text(self) -> str:
        """For traces: "22:00-07:00"."""
        start, end = self.start, self.end  # strftime would cost more than deciding on them
        return f"{start.hour:02}:{start.minute:02}-{end.hour:02}:{end.minute:02}"


@lru_cache(maxsize=2048)
def _open_hours(quiet_start: int, quiet_end: int) -> WeeklyHours:
    until = quiet_start if quiet_start > quiet_end else quiet_start + DAY_MINUTES
    return WeeklyHours.daily(Hours(quiet_end, until))


class MessageFacts(_Facts):
    """The message to decide.

    Args:
        key: Its name.
        purpose: ``transactional`` passes quiet hours, windows, holidays and caps.
        channels: In order of preference.
        priority: 0 to 100; a waiting message of higher priority gets a free slot first.
        expires_at: It is dropped when it could only go at this instant or later.
        when_capped: What to do on a full cap; None leaves it to the policy's table for the channel.
        topic: Its subject: nobody gets it who has opted out of that, and caps may count by it. None counts against
            every topic.
        keeps_order: The channels are tried in the author's order, whatever the person prefers.
        spread_over: The time after an opening over which those who waited for it are spread; None leaves it to the
            policy's table for the channel.
    """

    key: str = Field(min_length=1)
    purpose: Purpose = Purpose.MARKETING
    channels: tuple[Channel, ...] = Field(min_length=1)
    priority: int = Field(default=50, ge=0, le=100)
    expires_at: Deadline | None = None
    when_capped: WhenCapped | None = None
    topic: str | None = None
    keeps_order: bool = False
    spread_over: Duration | None = None

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        for channel in self.channels:
            if channel not in MESSAGE_CHANNELS:
                choices = ", ".join(sorted(MESSAGE_CHANNELS))
                raise ValueError(f"{channel.value!r} is only a substitute; use one of {choices}")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError(f"a channel is named twice in {[channel.value for channel in self.channels]}")
        return self


class ProfileFacts(_Facts):
    """The person to reach. What is absent is unknown.

    Args:
        id: The profile; only says which place it has where sends are spread over a window.
        timezone: IANA name; an unknown name is refused.
        country: ISO 3166-1 alpha-2, of the postal address.
        subdivision: ISO 3166-2, with or without the country (``"NY"`` or ``"US-NY"``).
        device_timezone: IANA name that the person's device reports.
        device_country: ISO 3166-1 alpha-2 that the person's device reports.
        addresses: By channel: an e-mail address, a phone number, a push token.
        consent: By channel and purpose.
        quiet_hours: The person's own.
        do_not_disturb: Silence with no end.
        do_not_disturb_until: Silence until an instant.
        suppressed: Channels whose address must not be used: bounced, complained, listed.
        active_session: The visit that is going on, if one is.
        topics: What the person wants to hear of (true) and what not (false); of one that is absent nothing was said.
        preferred_channels: The channels that the person likes best, the best first; those not named come after them.
    """

    id: str | None = None
    timezone: ZoneName | None = None
    country: CountryCode | None = None
    subdivision: str | None = None
    device_timezone: ZoneName | None = None
    device_country: CountryCode | None = None
    addresses: dict[Channel, str | None] = {}
    consent: dict[Channel, dict[ConsentPurpose, Consent | None]] = {}
    quiet_hours: QuietHours | None = None
    do_not_disturb: bool = False
    do_not_disturb_until: Deadline | None = None
    suppressed: tuple[Channel, ...] = ()
    active_session: ActiveSession = None
    topics: dict[str, bool] = {}
    preferred_channels: tuple[Channel, ...] = ()


class Exposure(_Facts):
    """One time that the person was reached, or is about to be: a reservation counts at once.

    Args:
        channel: The channel that carried it.
        at: When.
        purpose: A transactional one counts toward no marketing cap.
        priority: Of the message.
        topic: Of the message.
        session: The visit it was shown in, for caps per visit.
    """

    channel: Channel
    at: Instant
    purpose: Purpose = Purpose.MARKETING
    priority: int | None = Field(default=None, ge=0, le=100)
    topic: str | None = None
    session: str | None = None


class Waiting(_Facts):
    """A deferred message of the same profile.

    Args:
        message: Its key.
        channel: The channel it waits for.
        priority: 0 to 100.
        next_eligible_at: When it is decided again; None waits for the next visit.
        purpose: A transactional one takes no slot.
        topic: Of the message.
        first: Whether it goes before a message of the same priority: its deadline is earlier, or its run is older.
    """

    message: str
    channel: Channel
    priority: int = Field(ge=0, le=100)
    next_eligible_at: Instant | None = None
    purpose: Purpose = Purpose.MARKETING
    topic: str | None = None
    first: bool = False


class Eligibility(_Facts):
    """Whether the person is among those whom the message is for, as it was at this instant.

    Args:
        holds: Whether they are.
        why: What was seen, part for part, in words.
    """

    holds: bool
    why: str


class Facts(_Facts):
    """One case to decide: everything that ``decide`` may know.

    Args:
        at: The instant to decide for.
        message: What is to be said.
        profile: To whom.
        exposures: What reached this profile, in any order.
        address_exposures: What reached this profile's addresses as other profiles', for legal caps by address.
        waiting: Deferred messages of this profile, without the one that is decided.
        stop: A hard stop that is known outside: goal met, holdout, erased, duplicate.
        eligibility: Of a message that is only for some; None where it is for everybody.
        blocked: Channels already tried in this attempt that failed for good, and why.
    """

    at: Instant
    message: MessageFacts
    profile: ProfileFacts
    exposures: tuple[Exposure, ...] = ()
    address_exposures: tuple[Exposure, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    stop: Reason | None = None
    eligibility: Eligibility | None = None
    blocked: dict[Channel, Reason] = {}
