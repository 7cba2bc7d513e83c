"""What Zendesk's webhooks tell: tickets opened and solved, and the people who asked, under the standard names.

https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.fields import Identifier, Known, Text, read_as
from fermata.events.webhooks.told import Person, Story, Told, present

_PREFIX = "zen:event-type:"
_STAFF = frozenset({"agent", "admin"})


class _Via(Known):
    channel: Text = None


class _Detail(Known):
    """A ticket, or a user: a user has an address and a role, a ticket a requester."""

    id: Identifier = None
    requester_id: Identifier = None
    subject: str | None = None
    status: Text = None
    priority: Text = None
    type: Text = None
    via: _Via | None = None
    created_at: Text = None
    email: Text = None
    role: Text = None


class _Change(Known):
    """What changed, as ticket.status_changed says it."""

    current: object = None
    previous: object = None


class _Body(Known):
    """The envelope of every webhook."""

    id: Identifier = None
    type: str = Field(min_length=1, max_length=255)
    time: Text = None
    detail: _Detail = _Detail()
    event: _Change = _Change()


def zendesk(delivery: Delivery) -> Story:
    """Says what a webhook of Zendesk tells.

    Args:
        delivery: Believed.

    Raises:
        InvalidEvent: It cannot be understood; names the field as Zendesk does.
    """
    raw = delivery.to_object()
    body = read_as(_Body, raw)
    tell = _TYPES.get(body.type.removeprefix(_PREFIX), _unknown)
    return Story(body.type, body.id, tell(body, raw))


def _opened(body: _Body, raw: Mapping[str, Any]) -> tuple[Told, ...]:
    del raw
    return (_of_ticket("Support Ticket Opened", body),)


def _status_changed(body: _Body, raw: Mapping[str, Any]) -> tuple[Told, ...]:
    if _word(body.event.current) != "solved":
        return _unknown(body, raw)
    return (_of_ticket("Support Ticket Solved", body),)


def _of_ticket(event: str, body: _Body) -> Told:
    ticket = body.detail
    properties = {
        "ticket_id": ticket.id,
        "subject": ticket.subject,
        "status": _word(body.event.current) or _word(ticket.status),
        "previous_status": _word(body.event.previous),
        "priority": _word(ticket.priority),
        "channel": ticket.via.channel if ticket.via is not None else None,
        "ticket_type": _word(ticket.type),
        "opened_at": ticket.created_at,
    }
    return Told(_user(ticket.requester_id), event, present(properties), occurred_at=body.time)


def _person(body: _Body, raw: Mapping[str, Any]) -> tuple[Told, ...]:
    del raw
    user = body.detail
    if _word(user.role) in _STAFF:
        return ()  # those who answer are nobody's customers
    return (Told(_user(user.id, user.email), traits={}, occurred_at=body.time),)


def _unknown(body: _Body, raw: Mapping[str, Any]) -> tuple[Told, ...]:
    is_user = body.type.startswith(f"{_PREFIX}user.")
    person = _user(body.detail.id if is_user else body.detail.requester_id)
    properties = {name: raw[name] for name in ("subject", "detail", "event") if name in raw}
    return (Told(person, body.type, properties, occurred_at=body.time),)


def _user(identifier: str | None, email: str | None = None) -> Person:
    return Person({"zendesk_user_id": identifier}, email)


def _word(value: object) -> str | None:
    # Zendesk shouts some of its words and not others.
    return value.lower() if isinstance(value, str) else None


_TYPES: Mapping[str, Callable[[_Body, Mapping[str, Any]], tuple[Told, ...]]] = {
    "ticket.created": _opened,
    "ticket.status_changed": _status_changed,
    "user.created": _person,
    "user.identity_created": _person,
    "user.identity_changed": _person,
}
