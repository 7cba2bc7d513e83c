"""Events of any age, as the door stores them, each with an id of the instant at which it came in."""

from datetime import datetime
from random import Random
from uuid import UUID

from fermata.database import Pool
from fermata.retention.removing import first_id_at
from tests.people import Enrolled

_DRAW = Random(1)  # noqa: S311 - nothing is secret about it


def id_at(at: datetime) -> UUID:
    """An id that was made at an instant."""
    return UUID(int=first_id_at(at).int | _DRAW.getrandbits(62))


async def event_at(pool: Pool, person: Enrolled, at: datetime) -> UUID:
    """An event that came in when it occurred; its message id is taken."""
    identifier = id_at(at)
    await pool.execute(
        "WITH taken AS (INSERT INTO message_ids (message_id, event_id) VALUES ($2, $1))"
        " INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)"
        " VALUES ($1, $2, 'track', 'Product Viewed', $3, $4, $4)",
        identifier,
        str(identifier),
        person.profile_id,
        at,
    )
    return identifier
