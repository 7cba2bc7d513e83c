"""Conditions on what is on record of a person now: traits, consent, addresses, country and time zone."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from fermata.segments.comparison import Comparison
from fermata.segments.condition import Condition
from fermata.segments.invalid import built
from fermata.segments.operand import Operand
from fermata.segments.places import to_country, to_zone
from fermata.vocabulary import MESSAGE_CHANNELS, Channel, Purpose

_WITH_ADDRESS = (Channel.EMAIL, Channel.PUSH, Channel.SMS)


def _one_of(channels: tuple[Channel, ...], why: str) -> AfterValidator:
    def check(channel: Channel) -> Channel:
        if channel not in channels:
            raise ValueError(f"{channel.value!r} {why}; use one of {', '.join(channels)}")
        return channel

    return AfterValidator(check)


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("name at least one")
    return tuple(sorted(set(values)))


class Trait(Condition):
    """A trait of the person compares as asked.

    Args:
        comparison: Of ``profiles.traits``.
    """

    kind: Literal["trait"] = "trait"
    comparison: Comparison

    @property
    def words(self) -> str:
        return f"trait {self.comparison.words}"

    @property
    def denial(self) -> str:
        return f"trait {(~self.comparison).words}"

    def __invert__(self) -> "Trait":
        return built(Trait, comparison=~self.comparison)


class Consents(Condition):
    """The person said yes. Where the law asks for no yes, that is the policy's to know, not the segment's.

    Args:
        channel: One that messages go by.
        purpose: What for.
    """

    kind: Literal["consents"] = "consents"
    channel: Annotated[Channel, _one_of(tuple(sorted(MESSAGE_CHANNELS)), "only stands in for another channel")]
    purpose: Purpose

    @property
    def words(self) -> str:
        return f"consents to {self.channel.value} for {self.purpose.value}"

    @property
    def denial(self) -> str:
        return f"does not consent to {self.channel.value} for {self.purpose.value}"


class HasAddress(Condition):
    """An address for the channel is on record; whether it may be used is the policy's to know.

    Args:
        channel: One that needs an address.
    """

    kind: Literal["has_address"] = "has_address"
    channel: Annotated[Channel, _one_of(_WITH_ADDRESS, "needs no address")]

    @property
    def words(self) -> str:
        return f"has an address for {self.channel.value}"

    @property
    def denial(self) -> str:
        return f"has no address for {self.channel.value}"


class InCountry(Condition):
    """The person is known to be in one of the countries: by their address, else by their device.

    Args:
        countries: ISO 3166-1, two letters.
    """

    kind: Literal["in_country"] = "in_country"
    countries: Annotated[tuple[Annotated[str, AfterValidator(to_country)], ...], AfterValidator(_each_once)]

    @property
    def words(self) -> str:
        return f"is in {' or '.join(self.countries)}"

    @property
    def denial(self) -> str:
        return f"is not known to be in {' or '.join(self.countries)}"


class InTimeZone(Condition):
    """The person's time zone is known to be one of these: by their own word, else by their device.

    Args:
        zones: IANA names, compared as they are: "Europe/Paris" is not "Europe/Berlin".
    """

    kind: Literal["in_time_zone"] = "in_time_zone"
    zones: Annotated[tuple[Annotated[str, AfterValidator(to_zone)], ...], AfterValidator(_each_once)]

    @property
    def words(self) -> str:
        return f"is in time zone {' or '.join(self.zones)}"

    @property
    def denial(self) -> str:
        return f"is not known to be in time zone {' or '.join(self.zones)}"


def trait(name: str | tuple[str, ...]) -> Operand[Trait]:
    """A trait, to be compared: ``trait("plan") == "pro"``, ``trait("orders") >= 3``, ``trait("plan").is_set``.

    Args:
        name: "plan"; "company.size" goes deeper; ``("a.b",)`` is a name that has a dot in it.
    """
    return Operand(name, lambda comparison: built(Trait, comparison=comparison))


def consents(channel: Channel, purpose: Purpose) -> Consents:
    """The person said yes: ``consents(Channel.EMAIL, Purpose.MARKETING)``.

    Raises:
        InvalidSegment: There is no such channel or purpose, or the channel only stands in for others.
    """
    return built(Consents, channel=channel, purpose=purpose)


def has_address(channel: Channel) -> HasAddress:
    """An address is on record: ``has_address(Channel.SMS)``.

    Raises:
        InvalidSegment: There is no such channel, or it needs no address.
    """
    return built(HasAddress, channel=channel)


def in_country(*countries: str) -> InCountry:
    """The person is in one of them: ``in_country("FR", "DE")``.

    Raises:
        InvalidSegment: One of them is no country, or there is none.
    """
    return built(InCountry, countries=countries)


def in_time_zone(*zones: str) -> InTimeZone:
    """The person's time zone is one of them: ``in_time_zone("Europe/Paris")``.

    Raises:
        InvalidSegment: One of them is no zone, or there is none.
    """
    return built(InTimeZone, zones=zones)
