"""Visits: how often somebody came, when last, and how long they stayed."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from fermata.events import message_events
from fermata.traits.engagement import ENGAGING
from fermata.traits.happened import ORDER_CANCELLED, ORDER_REFUNDED, ORDER_UPDATED

NO_VISIT = (
    *ENGAGING,
    ORDER_UPDATED,
    ORDER_REFUNDED,
    ORDER_CANCELLED,
    *sorted(message_events.NO_VISIT - ENGAGING.keys()),
)
"""Events in which nobody is there: what the shop does to an order, and what becomes of a message."""

RECENT = timedelta(days=30)
"""What counts as lately, for visits and for engagement."""


class Visits(BaseModel):
    """Somebody's visits. Events less than thirty minutes apart are one, as everywhere in Fermata.

    Args:
        number: How many.
        recent: How many of them ended in the last 30 days.
        first_seen_at, last_seen_at: The first and the last event of all (aware).
        mean_dwell: From the first event of a visit to its last, on average. A visit of one event has zero: nobody
            can tell how long somebody looked at the only page.
        last_dwell: That of the last visit.
    """

    model_config = ConfigDict(frozen=True)

    number: int = 0
    recent: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    mean_dwell: timedelta | None = None
    last_dwell: timedelta | None = None
