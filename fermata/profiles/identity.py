"""The names of a person elsewhere, from the strongest to the weakest: what an event may be found by."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from fermata.events import IncomingEvent


class IdentityKind(StrEnum):
    """What sort of name it is, the strongest first: a stronger one says more surely who somebody is."""

    USER_ID = "user_id"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"
    DEVICE = "device"
    ANONYMOUS_ID = "anonymous_id"
    SESSION = "session"


STRENGTH = {kind: place for place, kind in enumerate(IdentityKind)}
"""0 for the strongest."""


class Identity(NamedTuple):
    """One name of a person. E-mail addresses and phone numbers stand as their SHA-256."""

    kind: IdentityKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.value}"


class Anchor(NamedTuple):
    """What a name is held by: the strongest kind of name that it was ever stated together with, and since when.

    Args:
        kind: The strongest kind.
        at: When it was first stated together with one of that kind, in the time of the events.
    """

    kind: IdentityKind
    at: datetime

    def goes_before(self, other: "Anchor | None") -> bool:
        """Whether it holds the name more firmly, or earlier, than another one."""
        return other is None or (STRENGTH[self.kind], self.at) < (STRENGTH[other.kind], other.at)


def identities_of(event: IncomingEvent) -> tuple[Identity, ...]:
    """The names that the event may mean its person by, the strongest first.

    The former name that an alias gives may have been a user id or an anonymous id: from then on it is both.
    """
    kinds = IdentityKind
    former = event.previous_id if event.previous_id != event.user_id else None
    stated: list[tuple[IdentityKind, str | None]] = [(kinds.USER_ID, event.user_id), (kinds.USER_ID, former)]
    names = event.names
    if names:
        stated += [(kinds.EXTERNAL_ID, name) for name in names.external_ids]
        stated += [(kinds.EMAIL, name) for name in names.emails]
        stated += [(kinds.PHONE, name) for name in names.phones]
        stated.append((kinds.DEVICE, names.device))
    stated += [(kinds.ANONYMOUS_ID, former), (kinds.ANONYMOUS_ID, event.anonymous_id)]
    if names:
        stated.append((kinds.SESSION, names.session))
    return tuple(dict.fromkeys(Identity(kind, value) for kind, value in stated if value is not None))
