"""A person's latest visit."""

from datetime import datetime

from fermata.profiles import SESSION_GAP
from fermata.view.shown import Shown
from fermata.view.subject import Subject


class Visit(Shown):
    """The latest session: events that follow each other closely."""

    id: str
    """The message id of the event that began it."""
    seen_at: datetime
    """When its latest event occurred."""
    active: bool
    """Whether it goes on: in-app messages are for those who are here."""


def visit(subject: Subject) -> Visit | None:
    """Returns the person's latest visit, or None where there was none."""
    seen_at = subject.profile["session_seen_at"]
    if seen_at is None:
        return None
    return Visit(id=subject.profile["session_id"], seen_at=seen_at, active=subject.now - seen_at < SESSION_GAP)
