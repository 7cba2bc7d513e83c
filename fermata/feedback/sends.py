"""Which message a word is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import Channel, FeedbackKind

_QUERIES = Queries("fermata.feedback")

_WAITS = timedelta(hours=1)
"""How long a word is looked at again that came before its message was known: settling a send takes seconds."""
_MOST_WAITING = 500


@dataclass(frozen=True, slots=True)
class Send:
    """A message that went out, or was about to.

    Args:
        decision_id: The decision that reserved it.
        profile_id: Whom it was for.
        channel: By which way.
        address: Where to; None on channels without addresses.
        message: Its key.
        journey: The journey that sent it.
    """

    decision_id: UUID
    profile_id: UUID
    channel: Channel
    address: str | None
    message: str
    journey: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A word and the message that it is about; None where that is unknown."""

    word: Feedback
    send: Send | None


async def sends_of(database: Connection | Pool, words: Sequence[Feedback]) -> dict[int, Send]:
    """Finds the messages that words are about, by the places of the words; those that are unknown are missing.

    Args:
        database: A connection, or the pool.
        words: In any order.
    """
    rows = await database.fetch(
        _QUERIES["sends"],
        [word.decision_id for word in words],
        [word.dedupe_key for word in words],
        [word.provider for word in words],
        [word.provider_message_id for word in words],
    )
    return {
        row["place"] - 1: Send(
            decision_id=row["decision_id"],
            profile_id=row["profile_id"],
            channel=Channel(row["channel"]),
            address=row["address"],
            message=row["message"],
            journey=row["journey"],
        )
        for row in rows
    }


async def message_of(connection: Connection, decision_id: UUID) -> dict[str, str]:
    """What events tell of the message that a decision sent; empty where there is none.

    Args:
        connection: Any.
        decision_id: Its decision.
    """
    row = await connection.fetchrow(_QUERIES["message"], decision_id)
    if row is None:
        return {}
    return {"message_key": row["message"], "journey": row["journey"], "decision_id": str(decision_id)}


async def waiting(database: Connection | Pool, now: datetime) -> list[Feedback]:
    """Words of late that were about no message that was known when they came.

    Args:
        database: A connection, or the pool.
        now: The instant.
    """
    return [_word(row) for row in await database.fetch(_QUERIES["waiting"], now - _WAITS, _MOST_WAITING)]


def _word(row: Mapping[str, Any]) -> Feedback:
    return Feedback(
        source=row["source"],
        source_id=row["source_id"],
        kind=FeedbackKind(row["kind"]),
        occurred_at=row["occurred_at"],
        decision_id=row["stated_decision"],
        dedupe_key=row["dedupe_key"],
        provider_message_id=row["provider_message_id"],
        provider=row["provider"],
        bounce=Bounce(row["bounce"]) if row["bounce"] is not None else None,
        machine=row["machine"],
        link_url=row["link_url"],
        detail=row["detail"],
        evidence=row["evidence"],
    )
