"""Webhooks of any sender, read by a mapping: which field of the body is what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fermata.errors import InvalidEvent
from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.fields import Identifier, Known, Text, read_as
from fermata.events.webhooks.told import Person, Story, Told, from_unix, present

_MILLISECONDS = 10**11
"""A number of seconds that large lies three thousand years ahead: it is milliseconds."""

_Found = TypeVar("_Found", bound=Known)
_DELIVERY_HEADERS = ("webhook-id", "x-zendesk-webhook-invocation-id", "x-shopify-webhook-id")


@dataclass(frozen=True, slots=True)
class BodyMapping:
    """Where in a body what stands: dotted paths, such as ``data.items.0.sku``.

    Args:
        event: The event's name.
        event_name: The event's name itself, where the body has none.
        message_id: The webhook's id; None takes the sender's header.
        occurred_at: When it happened: ISO 8601, or a number of seconds or milliseconds since 1970.
        user_id, anonymous_id, email, phone: Of the person.
        external_ids: Of the person, in other systems: paths by type.
        properties: The event's: the path of an object, or paths by name.
    """

    event: str | None = None
    event_name: str | None = None
    message_id: str | None = None
    occurred_at: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    email: str | None = None
    phone: str | None = None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    properties: str | Mapping[str, str] = field(default_factory=dict)


class _Identity(Known):
    """Whom a body means, once it is found."""

    message_id: Identifier = None
    user_id: Identifier = None
    anonymous_id: Identifier = None
    email: Text = None
    phone: Text = None


class _External(Known):
    """An id elsewhere."""

    id: Identifier = None


def mapped(mapping: BodyMapping, delivery: Delivery) -> Story:
    """Says what a webhook tells.

    Args:
        mapping: Where what stands.
        delivery: Believed.

    Raises:
        InvalidEvent: It cannot be understood; names the path.
    """
    body = delivery.to_object()
    event = mapping.event_name or _text(body, mapping.event or "")
    identity = _identity(mapping, body)
    external = {
        kind: _read(_External, {"id": value_at(body, path)}, {"id": path}).id
        for kind, path in mapping.external_ids.items()
    }
    person = Person(external, identity.email, identity.phone, identity.user_id, identity.anonymous_id)
    told = Told(person, event, _properties(mapping, body), occurred_at=_occurred_at(mapping, body))
    sent_as = (header for name in _DELIVERY_HEADERS if (header := delivery.header(name)) is not None)
    return Story(event, identity.message_id or next(sent_as, None), (told,))


def value_at(body: object, path: str) -> object:
    """The value at a dotted path, or None.

    Args:
        body: Objects and lists, as they came out of the JSON parser.
        path: Names and places, such as ``data.items.0.sku``.
    """
    value = body
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _identity(mapping: BodyMapping, body: Mapping[str, Any]) -> _Identity:
    said = {name: getattr(mapping, name) for name in _Identity.model_fields}
    paths = {name: path for name, path in said.items() if path is not None}
    return _read(_Identity, {name: value_at(body, path) for name, path in paths.items()}, paths)


def _read(model: type[_Found], values: Mapping[str, Any], paths: Mapping[str, str]) -> _Found:
    try:
        return read_as(model, values)
    except InvalidEvent as error:
        raise InvalidEvent(str(error), field=paths.get(error.field, error.field)) from None


def _text(body: Mapping[str, Any], path: str) -> str:
    value = value_at(body, path)
    if not isinstance(value, str) or not value.strip():
        raise InvalidEvent("must be the name of the event", field=path)
    return value


def _occurred_at(mapping: BodyMapping, body: Mapping[str, Any]) -> str | None:
    path = mapping.occurred_at
    value = value_at(body, path) if path is not None else None
    if path is None or value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidEvent("must be an ISO 8601 time, or a number of seconds since 1970", field=path)
    return from_unix(value / 1000 if abs(value) >= _MILLISECONDS else value, path=path)


def _properties(mapping: BodyMapping, body: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(mapping.properties, str):
        return present({name: value_at(body, path) for name, path in mapping.properties.items()})
    found = value_at(body, mapping.properties)
    if not isinstance(found, Mapping):
        raise InvalidEvent("must be an object", field=mapping.properties)
    return found
