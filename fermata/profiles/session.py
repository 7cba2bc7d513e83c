"""Sessions: a person's events that follow each other closely are one visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_GAP = timedelta(minutes=30)
"""Silence this long ends a session: the convention of web analytics."""


@dataclass(frozen=True, slots=True)
class Session:
    """A visit.

    Args:
        id: The message id of the event that began it.
        seen_at: When its latest event occurred.
    """

    id: str
    seen_at: datetime


def continued(session: Session | None, message_id: str, occurred_at: datetime) -> Session:
    """The session of a person after an event.

    Args:
        session: The one before it, or None.
        message_id: The event's.
        occurred_at: The event's. One that comes late, from before the session's latest event, changes nothing.
    """
    if session is not None:
        if occurred_at <= session.seen_at:
            return session
        if occurred_at - session.seen_at < SESSION_GAP:
            return Session(session.id, occurred_at)
    return Session(message_id, occurred_at)
