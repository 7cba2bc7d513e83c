"""The traits that mean something to Fermata: addresses, place, consent and when to be left alone."""

from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

from fermata.events.instant import to_instant
from fermata.events.names import hashed_name
from fermata.events.time_zone import to_time_zone
from fermata.vocabulary import MESSAGE_CHANNELS, Channel, Consent, ConsentPurpose


def _blank_is_absent(value: object) -> object:
    # SDKs send "" for what they do not know.
    return None if isinstance(value, str) and not value.strip() else value


def _instant(value: object) -> object:
    return value if value is None else to_instant(value)


Text = Annotated[Annotated[str, Field(max_length=320)] | None, BeforeValidator(_blank_is_absent)]
Token = Annotated[Annotated[str, Field(max_length=4096)] | None, BeforeValidator(_blank_is_absent)]
Hash = Annotated[Annotated[str, AfterValidator(hashed_name)] | None, BeforeValidator(_blank_is_absent)]
TimeZone = Annotated[
    Annotated[str, AfterValidator(to_time_zone)] | None,
    BeforeValidator(_blank_is_absent),
]
Instant = Annotated[AwareDatetime | None, BeforeValidator(_instant)]
_Word = TypeVar("_Word", bound=StrEnum)
ByName = Annotated[_Word, Strict(False)]  # JSON has words for these, not members of an enumeration
TopicName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
HourAndMinute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Known(BaseModel):
    """The known fields of a JSON object: strict about these, silent about all others."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Address(Known):
    """A postal address; only what tells the region.

    Args:
        country: ISO 3166-1, two letters; anything else means unknown.
        state: The subdivision.
    """

    country: Text = None
    state: Text = None


class QuietHours(Known):
    """When a person wants to be left alone, local time, across midnight where the end is the smaller.

    Args:
        start, end: ``"22:00"``, ``"07:00"``; the end is not in.
    """

    start: HourAndMinute
    end: HourAndMinute

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}; for silence all day set do_not_disturb to true")
        return self


def _each_once(channels: list[Channel]) -> list[Channel]:
    for channel in channels:
        if channel not in MESSAGE_CHANNELS:
            raise ValueError(f"{channel.value!r} only stands in; use {', '.join(sorted(MESSAGE_CHANNELS))}")
    if len(set(channels)) < len(channels):
        raise ValueError(f"a channel is named twice in {[channel.value for channel in channels]}; name each once")
    return channels


Topics = Annotated[dict[TopicName, bool | None], Field(max_length=100)]
PreferredChannels = Annotated[list[ByName[Channel]], AfterValidator(_each_once)]


class Traits(Known):
    """The known traits of an identify call. Null takes a value away, except from consent.

    Args:
        email, phone, push_token: Become the addresses of the channels email, sms and push.
        email_sha256, phone_sha256: The SHA-256 of an address that is not told: names of the person all the same.
        timezone: IANA name.
        locale: For example ``"fr-FR"``.
        address: Its country and state say which rules hold.
        consent: By channel and purpose: ``{"email": {"marketing": "granted"}}``.
        quiet_hours: The person's own.
        do_not_disturb: Silence with no end.
        do_not_disturb_until: Silence until an instant.
        topics: What the person wants to hear of and what not: ``{"offers": false}``. Those not named stay as they were.
        preferred_channels: Those that the person likes best, the best first: ``["email", "push"]``.
    """

    email: Text = None
    phone: Text = None
    push_token: Token = None
    email_sha256: Hash = None
    phone_sha256: Hash = None
    timezone: TimeZone = None
    locale: Text = None
    address: Address | None = None
    consent: dict[ByName[Channel], dict[ByName[ConsentPurpose], ByName[Consent]]] | None = None
    quiet_hours: QuietHours | None = None
    do_not_disturb: bool | None = None
    do_not_disturb_until: Instant = None
    topics: Topics | None = None
    preferred_channels: PreferredChannels | None = None
