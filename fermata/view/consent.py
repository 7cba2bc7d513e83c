"""What a person agreed to and what they took back: what holds now, and word for word how it came to that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import Channel, Consent

_QUERIES = Queries("fermata.view")
_LATEST = 50


class ConsentState(Shown):
    """What holds now for one purpose on one channel. What is not listed was never said."""

    channel: Channel
    """The channel."""
    purpose: str
    """Why they may be reached: `marketing`, `transactional`, `personalisation` or `analytics`."""
    status: Consent
    """Granted or revoked."""
    stated_at: datetime | None
    """When they last said so; null where the statement is not on record."""


class ConsentStatement(Shown):
    """One word of the person's, as it was recorded. The record only grows."""

    id: UUID
    """The statement's."""
    channel: Channel
    """The channel."""
    purpose: str
    """What for."""
    status: Consent
    """Granted or revoked."""
    occurred_at: datetime
    """When it was said."""
    recorded_at: datetime
    """When it came in."""
    source: str
    """Where it was said."""
    region: str | None
    """Where the person was then, as far as it was known."""
    stated_as: str
    """The strongest name under which it was said, as `kind:value`."""
    message_id: str | None
    """The message id of the event that said it."""
    evidence: dict[str, Any]
    """What was kept to prove it."""


class ConsentRecord(Shown):
    """The person's consent."""

    now: tuple[ConsentState, ...]
    """What holds, by channel and purpose."""
    history: tuple[ConsentStatement, ...]
    """The latest 50 statements, the newest first; the timeline has all."""


async def consent(subject: Subject) -> ConsentRecord:
    """Returns what holds now, and what was said."""
    newest = {
        (row["channel"], row["purpose"], row["status"]): row["occurred_at"]
        for row in await subject.connection.fetch(_QUERIES["latest_consent"], subject.id)
    }
    history = await subject.connection.fetch(_QUERIES["consent_history"], subject.id, _LATEST)
    return ConsentRecord(
        now=tuple(
            ConsentState(
                channel=Channel(channel),
                purpose=purpose,
                status=Consent(status),
                stated_at=newest.get((channel, purpose, status)),
            )
            for channel, purposes in sorted(subject.profile["consent"].items())
            for purpose, status in sorted(purposes.items())
        ),
        history=tuple(ConsentStatement(**row) for row in history),
    )
