"""What a webhook tells, and how that is said in the Segment spec, by which everything enters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fermata.errors import InvalidEvent


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a webhook tells of, by the names that its sender has for them.

    Args:
        external: Ids in the sender's system, by type: ``{"shopify_customer_id": "207119551"}``.
        email, phone: Their addresses.
        user_id, anonymous_id: Our own ids, where the sender keeps them.
    """

    external: Mapping[str, str | None] = field(default_factory=dict)
    email: str | None = None
    phone: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a webhook tells: that something happened, or, where there are traits, what is known of a person.

    Args:
        person: Of whom.
        event: The event's name.
        properties: The event's.
        traits: What is known of the person; then there is no event.
        occurred_at: As the sender wrote it, ISO 8601; None for now.
        part: Tells apart several things that one webhook tells.
    """

    person: Person
    event: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] | None = None
    occurred_at: str | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """All that one webhook tells.

    Args:
        topic: The sender's own word for it.
        delivery_id: The same one again is the same webhook; None where the sender has none.
        told: In order; may be nothing.
    """

    topic: str
    delivery_id: str | None
    told: tuple[Told, ...]


def to_calls(source: str, story: Story) -> list[dict[str, Any]]:
    """Says it in calls of the Segment spec.

    Args:
        source: The name under which the sender is known here.
        story: What it tells.
    """
    return [_to_call(source, story, told) for told in story.told]


def from_unix(seconds: float | None, *, path: str) -> str | None:
    """An instant as ISO 8601.

    Args:
        seconds: Since 1970, UTC.
        path: Where it stands, for the error.

    Raises:
        InvalidEvent: It lies outside the calendar.
    """
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        raise InvalidEvent(f"{seconds} lies outside the calendar", field=path) from None


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """What there is of it: a sender's null says that it does not know, and takes nothing away.

    Args:
        values: By name.
    """
    return {name: value for name, value in values.items() if value is not None}


def _to_call(source: str, story: Story, told: Told) -> dict[str, Any]:
    person = told.person
    addresses = present({"email": person.email, "phone": person.phone})
    context: dict[str, Any] = {"webhook": {"source": source, "topic": story.topic}}
    external = [
        {"id": value, "type": kind, "collection": "users", "encoding": "none"}
        for kind, value in person.external.items()
        if value is not None
    ]
    if external:
        context["externalIds"] = external
    call = present({"timestamp": told.occurred_at, "userId": person.user_id, "anonymousId": person.anonymous_id})
    if story.delivery_id is not None:
        call["messageId"] = ":".join(part for part in (source, story.delivery_id, told.part) if part)
    if told.traits is not None:
        return {**call, "type": "identify", "traits": {**addresses, **told.traits}, "context": context}
    if addresses:
        context["traits"] = addresses
    return {**call, "type": "track", "event": told.event, "properties": dict(told.properties), "context": context}
