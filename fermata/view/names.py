"""The names by which a person is known elsewhere."""

from datetime import datetime

from fermata.database import Queries
from fermata.profiles.identity import STRENGTH, IdentityKind
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_QUERIES = Queries("fermata.view")


class Name(Shown):
    """One name of a person."""

    kind: IdentityKind
    """What sort of name."""
    value: str
    """The name itself; of an email or a phone number the SHA-256 hash of its normal form."""
    first_seen_at: datetime
    """When it first came in."""


async def names(subject: Subject) -> tuple[Name, ...]:
    """Returns the person's names, those that say most surely who somebody is first, in the order of their coming in."""
    known = [Name(**row) for row in await subject.connection.fetch(_QUERIES["names"], subject.id)]
    return tuple(sorted(known, key=lambda name: STRENGTH[name.kind]))
