"""The calls of the Segment spec as pydantic models: strict about the fields that Fermata reads, silent about others."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, StringConstraints

from fermata.events.traits import Hash, Instant, Known, Text, TimeZone, Token, Traits

MOST_EXTERNAL_IDS = 20
"""Names in other systems that one event may give."""

_LONGEST_PLACE = 100  # characters
_LARGEST_EXACT = 2**53  # beyond it a JSON number has lost digits: two people would become one


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _text_or_nothing(value: object) -> str | None:
    # No event is lost for the name of a city.
    return (value.strip()[:_LONGEST_PLACE] or None) if isinstance(value, str) else None


def _to_identifier(value: object) -> object:
    # Segment takes numbers as ids and makes text of them; 42 and 42.0 are the same number in JSON.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None if isinstance(value, str) and not value.strip() else value
    if abs(value) > _LARGEST_EXACT:
        raise ValueError(f"the number {value} is too large to be exact in JSON; send it as text")
    return str(int(value)) if float(value).is_integer() else str(value)


Identifier = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None,
    BeforeValidator(_to_identifier),
]
Name = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)] | None,
    BeforeValidator(_blank_is_absent),
]
RequiredIdentifier = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)],
    BeforeValidator(_to_identifier),
]
PlaceName = Annotated[str | None, BeforeValidator(_text_or_nothing)]
EventName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


class DeviceContext(Known):
    """``context.device``."""

    id: Identifier = None
    token: Token = None


class LocationContext(Known):
    """``context.location``."""

    country: Text = None
    region: PlaceName = None
    city: PlaceName = None


class ExternalId(Known):
    """One of ``context.externalIds``: a name in another system.

    Args:
        id: There.
        type: What it is, for example ``"shopify_customer_id"``; ``"email"`` and ``"phone"`` are the person's addresses.
        encoding: ``"sha256"`` where an address comes as its hash.
    """

    id: RequiredIdentifier
    type: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    encoding: Text = None


class ContextTraits(Known):
    """``context.traits``: what a call that is no identify call tells of its person; here only the addresses' names."""

    email: Text = None
    phone: Text = None
    email_sha256: Hash = None
    phone_sha256: Hash = None


class Context(Known):
    """``context``: the parts that Fermata reads. It is stored in full."""

    timezone: TimeZone = None
    locale: Text = None
    device: DeviceContext | None = None
    location: LocationContext | None = None
    traits: ContextTraits | None = None
    external_ids: Annotated[list[ExternalId], Field(max_length=MOST_EXTERNAL_IDS)] | None = Field(
        default=None,
        validation_alias=AliasChoices("externalIds", "externalId"),  # RudderStack writes the second
    )
    session_id: Identifier = Field(default=None, alias="sessionId")


class Call(Known):
    """What every call of the spec carries."""

    message_id: Identifier = Field(default=None, alias="messageId")
    user_id: Identifier = Field(default=None, alias="userId")
    anonymous_id: Identifier = Field(default=None, alias="anonymousId")
    context: Context | None = None
    timestamp: Instant = None
    original_timestamp: Instant = Field(default=None, alias="originalTimestamp")
    sent_at: Instant = Field(default=None, alias="sentAt")


class Track(Call):
    """Something that a person did."""

    type: Literal["track"] = "track"
    event: EventName
    properties: dict[str, Any] | None = None


class Identify(Call):
    """Who a person is, and what is known of them."""

    type: Literal["identify"] = "identify"
    traits: Traits | None = None


class Page(Call):
    """A page of a web site that a person looked at."""

    type: Literal["page"] = "page"
    name: Name = None
    category: Name = None
    properties: dict[str, Any] | None = None


class Screen(Call):
    """A screen of an app that a person looked at."""

    type: Literal["screen"] = "screen"
    name: Name = None
    category: Name = None
    properties: dict[str, Any] | None = None


class Group(Call):
    """The company, account or team that a person belongs to."""

    type: Literal["group"] = "group"
    group_id: RequiredIdentifier = Field(alias="groupId")
    traits: dict[str, Any] | None = None


class Alias(Call):
    """Another name of the same person: ``previousId`` was used before ``userId``."""

    type: Literal["alias"] = "alias"
    previous_id: RequiredIdentifier = Field(alias="previousId")
