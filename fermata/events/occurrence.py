"""When an event happened, by our clock: the sender's skew corrected, and never in the future."""

from datetime import datetime
from typing import NamedTuple

from fermata.errors import InvalidEvent
from fermata.events.instant import EARLIEST
from fermata.events.payload import Call


class Occurrence(NamedTuple):
    """When an event happened.

    Args:
        at: Not after it came in.
        clamped: The sender's time was in the future, and became the present.
    """

    at: datetime
    clamped: bool = False


def occurrence(call: Call, received_at: datetime, *, historical: bool = False) -> Occurrence:
    """Puts the sender's time on our clock: ``received_at - (sentAt - timestamp)``, as the Segment spec does.

    Where ``timestamp`` stands beside another ``originalTimestamp``, whoever forwarded the message has corrected it.

    Args:
        call: What was sent.
        received_at: When it came in.
        historical: It comes from an archive. Its ``timestamp`` is believed, and must be there.

    Raises:
        InvalidEvent: The times contradict each other, or there is none where one must be.
    """
    said, sent_at = call.original_timestamp or call.timestamp, call.sent_at
    if historical:
        believed = call.timestamp or call.original_timestamp
        if believed is None:
            raise InvalidEvent("is missing; what is imported must say when it happened", field="timestamp")
        return _not_after(received_at, believed)
    if said is None:
        return Occurrence(received_at)
    if call.timestamp is not None and call.timestamp != said:
        return _not_after(received_at, call.timestamp)
    if sent_at is None:
        return _not_after(received_at, said)
    try:
        corrected = received_at - (sent_at - said)
    except OverflowError:
        corrected = datetime.min.replace(tzinfo=received_at.tzinfo)
    if corrected < EARLIEST:
        raise InvalidEvent(
            f"{sent_at.isoformat()} is much too long after the timestamp {said.isoformat()}", field="sentAt"
        )
    return _not_after(received_at, corrected)


def _not_after(received_at: datetime, instant: datetime) -> Occurrence:
    return Occurrence(received_at, clamped=True) if instant > received_at else Occurrence(instant)
