"""The tables of a policy document, each with its defaults: a table that is present but empty means these."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fermata.policy.cap import VISIT, Cap
from fermata.policy.duration import Duration, duration_default
from fermata.policy.facts import CountryCode, ZoneName
from fermata.policy.window import WindowField, window_default
from fermata.vocabulary import MESSAGE_CHANNELS, SUBSTITUTES, Channel, WhenCapped

_DAY = timedelta(days=1)


def _message_channel(channel: Channel) -> Channel:
    if channel not in MESSAGE_CHANNELS:
        raise ValueError(f"{channel.value!r} is only a substitute; use one of {', '.join(sorted(MESSAGE_CHANNELS))}")
    return channel


MessageChannel = Annotated[Channel, AfterValidator(_message_channel)]


class Table(BaseModel):
    """A table of the policy document; a key it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class ChannelTable(Table):
    """The rules of one channel.

    Args:
        window: When it is open, in the profile's local time.
        caps: How often it may reach a person; all of them hold.
        cool_down: The least time between two exposures; None for none.
        spread_over: The time after an opening over which those who waited for it are spread; None for no spreading.
        when_capped: What a message does on a full cap, unless it says so itself.
        fallback: Where it then goes: a channel, or ``inbox`` or ``badge``.
    """

    window: WindowField = window_default("always")
    caps: tuple[Cap, ...] = ()
    cool_down: Duration | None = None
    spread_over: Duration | None = None
    when_capped: WhenCapped = WhenCapped.DEFER
    fallback: Channel | None = None

    @property
    def substitute(self) -> Channel | None:
        """What may stand in for the channel when it is capped: the fallback, where that one disturbs nobody."""
        return self.fallback if self.fallback in SUBSTITUTES else None


class EmailTable(ChannelTable):
    """The rules of e-mail."""

    window: WindowField = window_default("09:00-20:00")
    caps: tuple[Cap, ...] = (Cap(limit=2, per=_DAY),)
    when_capped: WhenCapped = WhenCapped.SUBSTITUTE
    fallback: Channel | None = Channel.IN_APP


class PushTable(ChannelTable):
    """The rules of push messages."""

    window: WindowField = window_default("08:00-22:00")
    caps: tuple[Cap, ...] = (Cap(limit=3, per=_DAY),)
    when_capped: WhenCapped = WhenCapped.SUBSTITUTE
    fallback: Channel | None = Channel.INBOX


class SmsTable(ChannelTable):
    """The rules of SMS."""

    window: WindowField = window_default("09:00-21:00")
    caps: tuple[Cap, ...] = (Cap(limit=1, per=_DAY),)
    when_capped: WhenCapped = WhenCapped.FALLBACK
    fallback: Channel | None = Channel.EMAIL


class InAppTable(ChannelTable):
    """The rules of messages inside the app or site."""

    window: WindowField = window_default("session")
    caps: tuple[Cap, ...] = (Cap(limit=1, per=VISIT),)
    when_capped: WhenCapped = WhenCapped.FALLBACK
    fallback: Channel | None = Channel.BADGE


class AdsTable(ChannelTable):
    """The rules of ad audiences. A full cap is the frequency cut: the person leaves the audience until it clears."""

    window: WindowField = window_default("always")
    caps: tuple[Cap, ...] = (Cap(limit=5, per=_DAY),)
    when_capped: WhenCapped = WhenCapped.DROP


class HandOffTable(ChannelTable):
    """The rules of tasks for colleagues: in business hours, so that the call which follows comes at a good time."""

    window: WindowField = window_default({"mon-fri": "09:00-17:00"})


class Channels(Table):
    """The channels that have rules. One that has no table is always open and never capped."""

    email: EmailTable | None = None
    push: PushTable | None = None
    sms: SmsTable | None = None
    in_app: InAppTable | None = None
    ads: AdsTable | None = None
    hand_off: HandOffTable | None = None

    @model_validator(mode="after")
    def _no_fallback_to_itself(self) -> Self:
        for channel, table in self._by_channel.items():
            if table.fallback is channel:
                raise ValueError(f"{channel.value} falls back to itself; name another channel, 'inbox' or 'badge'")
        return self

    @cached_property
    def _by_channel(self) -> dict[Channel, ChannelTable]:
        tables = {Channel(name): getattr(self, name) for name in type(self).model_fields}
        return {channel: table if table is not None else ChannelTable() for channel, table in tables.items()}

    def table(self, channel: Channel) -> ChannelTable:
        """Returns the rules of a message channel."""
        return self._by_channel[channel]


class CrossChannelTable(Table):
    """Caps over several channels: exposures on all of them count together.

    Args:
        channels: The channels that count.
        caps: How often they may reach a person together.
        cool_down: The least time between exposures on any of them; None for none.
    """

    channels: tuple[MessageChannel, ...] = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
    caps: tuple[Cap, ...] = (Cap(limit=4, per=_DAY), Cap(limit=12, per=timedelta(days=7)))
    cool_down: Duration | None = None

    @model_validator(mode="after")
    def _no_visits(self) -> Self:
        if any(cap.per == VISIT for cap in self.caps):
            raise ValueError("a cap per visit belongs to one channel; give a duration such as '1d'")
        return self


class SpacingTable(Table):
    """Progressive delays near a limit: ``minimum * factor ** (used - ceil(near * limit))`` after the last exposure.

    Args:
        near: From this share of a cap on, above 0 and at most 1.
        minimum: The first gap.
        factor: What each further exposure multiplies it by.
    """

    near: float = Field(default=0.5, gt=0, le=1)
    minimum: Duration = duration_default("1h")
    factor: float = Field(default=2.0, ge=1, le=100)


HolidayKind = Literal[
    "public", "bank", "government", "school", "optional", "half_day", "unofficial", "de_facto", "armed_forces",
    "catholic", "christian", "hebrew", "hindu", "islamic", "orthodox", "protestant",
]  # fmt: skip


class HolidaysTable(Table):
    """Holidays of the profile's country and subdivision.

    Args:
        action: ``defer`` to the next day that is none, or ``ignore``.
        kinds: Which ones, in the words of the ``holidays`` library.
        channels: Which channels keep them.
    """

    action: Literal["defer", "ignore"] = "defer"
    kinds: tuple[HolidayKind, ...] = ("public",)
    channels: tuple[MessageChannel, ...] = (Channel.EMAIL, Channel.SMS, Channel.PUSH)


class RegionsTable(Table):
    """The law of the profile's region, as the shipped ``regional.toml`` gives it.

    Args:
        legal_windows: Keep the legal hours and the legal caps of marketing.
        opt_in: Send marketing only on an explicit grant, in regions that want one.
        blocked: Countries (ISO 3166-1 alpha-2) where nobody is reached.
    """

    legal_windows: bool = True
    opt_in: bool = True
    blocked: tuple[CountryCode, ...] = ()


class UnknownTimeZoneTable(Table):
    """Which zones to obey when a profile's is unknown. There is no "send anyway".

    Args:
        use: ``intersection``: what is allowed in every zone that the person may be in.
        fallback: The zones to take when nothing says where the person may be.
    """

    use: Literal["intersection"] = "intersection"
    fallback: tuple[ZoneName, ...] = Field(default=("Etc/UTC",), min_length=1)


class AllowListTable(Table):
    """The guard of an environment that is not production: only these addresses are reached.

    Args:
        addresses: Whole addresses: e-mail, phone number, push token.
        domains: Domains of e-mail addresses.
    """

    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
