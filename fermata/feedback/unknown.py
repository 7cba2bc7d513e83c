"""Words on messages that are not known here, for operators to look at."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.database import Pool, Queries
from fermata.vocabulary import FeedbackKind

_QUERIES = Queries("fermata.feedback")


class UnknownWord(BaseModel):
    """A word that was kept aside.

    Args:
        source, source_id: Who tells it, and their id of it.
        kind: What became of the message.
        occurred_at, received_at: When it happened, and when it came in.
        stated_decision, dedupe_key, provider_message_id: How it names the message.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    source_id: str
    kind: FeedbackKind
    occurred_at: datetime
    received_at: datetime
    stated_decision: UUID | None
    dedupe_key: str | None
    provider_message_id: str | None


async def unknown_words(pool: Pool, limit: int) -> tuple[UnknownWord, ...]:
    """The latest words that were kept aside, the newest first.

    Args:
        pool: Any.
        limit: How many at most.
    """
    return tuple(UnknownWord(**row) for row in await pool.fetch(_QUERIES["unknown"], limit))
