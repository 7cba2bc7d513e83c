"""An event of our own about a person, such as a page of ours brings about: it enters by the door of all others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fermata.events import Device, IncomingEvent, Traits
from fermata.events.names import Names
from fermata.profiles import Identity, IdentityKind


def own_event(
    name: str, about: Identity, properties: Mapping[str, Any], *, message_id: str, at: datetime
) -> IncomingEvent:
    """Writes an event that finds its person by one name.

    Args:
        name: For example ``"Subscription Confirmed"``.
        about: A name of the person's that is on record.
        properties: Of the event.
        message_id: The same one again is the same event.
        at: When it happened, aware.
    """
    kind, value = about
    names = {
        IdentityKind.EXTERNAL_ID: Names(external_ids=(value,)),
        IdentityKind.EMAIL: Names(emails=(value,)),
        IdentityKind.PHONE: Names(phones=(value,)),
        IdentityKind.DEVICE: Names(device=value),
        IdentityKind.SESSION: Names(session=value),
    }
    return IncomingEvent(
        message_id=message_id,
        kind="track",
        name=name,
        user_id=value if kind is IdentityKind.USER_ID else None,
        anonymous_id=value if kind is IdentityKind.ANONYMOUS_ID else None,
        occurred_at=at,
        received_at=at,
        properties=properties,
        context={},
        device=Device(),
        traits=Traits(),
        other_traits={},
        names=names.get(kind, Names()),
    )
