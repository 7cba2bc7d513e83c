"""How one person came to us: their first and their latest touch, read from their events when it is asked for.

A touch is kept with its event, so it moves with the event when profiles merge, and an event that comes in late counts
at the time at which it occurred.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.events.touch import Touch
from fermata.vocabulary import AcquisitionChannel

_QUERIES = Queries("fermata.profiles", "enrichment.sql")


@dataclass(frozen=True, slots=True)
class PastTouch:
    """A touch, and when it was.

    Args:
        at: When the event occurred that tells of it.
        channel: Which kind of way.
        source, medium, campaign, term, content, referrer: As of ``fermata.events.touch.Touch``; None for unknown.
    """

    at: datetime
    channel: AcquisitionChannel
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    referrer: str | None = None


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How somebody came to us. Both are None where no event of theirs tells.

    Args:
        first: The earliest touch.
        latest: The latest that is not direct, where there is one: who types the address in knows it from somewhere.
    """

    first: PastTouch | None = None
    latest: PastTouch | None = None


async def read_acquisition(connection: Connection | Pool, profile_id: UUID, at: datetime) -> Acquisition:
    """Says how somebody came to us. Of two touches at one instant the message id decides, whichever came in first.

    Args:
        connection: Any; in a transaction, what that has written counts.
        profile_id: Whose.
        at: The instant, aware; later touches are not seen.
    """
    rows = await connection.fetch(_QUERIES["touches"], profile_id, at)
    return Acquisition(**{row["which"]: _read(row["occurred_at"], row["touch"]) for row in rows})


def _read(at: datetime, touch: dict[str, Any]) -> PastTouch:
    known = {name: touch.get(name) for name in Touch.__dataclass_fields__ if name != "channel"}
    return PastTouch(at, AcquisitionChannel(touch["channel"]), **known)
