"""An event that cannot be processed goes aside with its reason; the others of its request are stored."""

from datetime import datetime

import structlog
from pydantic import TypeAdapter

from fermata.database import Connection, Queries, new_id
from fermata.events import IncomingEvent
from fermata.ingest.dead_reasons import reason_of

_QUERIES = Queries("fermata.ingest", "dead_letters.sql")
_EVENT = TypeAdapter(IncomingEvent)
_log = structlog.get_logger("fermata.ingest")


async def set_aside(connection: Connection, event: IncomingEvent, error: Exception, now: datetime) -> None:
    """Keeps an event as a dead letter. The same one again is the same letter.

    Args:
        connection: Outside of the transaction that failed.
        event: Which.
        error: What processing it raised.
        now: The instant, aware.
    """
    reason = reason_of(error)
    _log.error("an event was set aside: it cannot be processed", reason=reason)
    # What was not given stays not given: traits know the difference.
    payload = _EVENT.dump_json(event, exclude_unset=True).decode()
    await connection.execute(_QUERIES["set_aside"], new_id(), reason, now, event.message_id, payload)
