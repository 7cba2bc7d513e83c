"""The names by which a person is known elsewhere."""

from datetime import datetime

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject

_QUERIES = Queries("fermata.view")


class Name(Shown):
    """One name of a person."""

    kind: str
    """What sort of name: `user_id`, `anonymous_id`, `email`, `phone`, `device`, `external_id` or `session`."""
    value: str
    """The name itself; of an email or a phone number the SHA-256 hash of its normal form."""
    first_seen_at: datetime
    """When it first came in."""


async def names(subject: Subject) -> tuple[Name, ...]:
    """Returns the person's names, by kind, in the order in which they came in."""
    return tuple(Name(**row) for row in await subject.connection.fetch(_QUERIES["names"], subject.id))
