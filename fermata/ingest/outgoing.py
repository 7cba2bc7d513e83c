"""What is written for the dispatcher: the words that go to workflows once the transaction commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.journeys import ChildEnded, JourneyEvent, ParentHeld, ProfileMerged, RunOver

_QUERIES = Queries("fermata.ingest")

Word: TypeAlias = JourneyEvent | ProfileMerged | RunOver | ParentHeld | ChildEnded
"""What a workflow may be told."""

DispatchKind = Literal["start", "signal", "reconsider", "merged", "over", "parent_held", "child_ended"]


@dataclass(frozen=True, slots=True)
class NewDispatch:
    """A word that must go to a workflow.

    Args:
        profile_id: The run's.
        run_id: The run's.
        event_id: The event it is about, where it is about one.
        kind: What it does there.
        word: What the workflow is told.
        traceparent: The trace of the request that it comes of, where one is known.
    """

    profile_id: UUID
    run_id: UUID
    event_id: UUID | None
    kind: DispatchKind
    word: Word
    traceparent: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What lies in the row: the word, and the trace beside it, which no workflow is told."""
        word = self.word.model_dump(mode="json")
        return word if self.traceparent is None else {**word, "traceparent": self.traceparent}


async def dispatch(connection: Connection, dispatches: Sequence[NewDispatch], now: datetime) -> None:
    """Leaves words for the dispatcher, which is told of them with the commit.

    Args:
        connection: Inside a transaction that holds the profiles' rows.
        dispatches: In the order in which they must arrive.
        now: The instant.
    """
    await connection.execute(
        _QUERIES["dispatch"],
        [each.profile_id for each in dispatches],
        [each.run_id for each in dispatches],
        [each.event_id for each in dispatches],
        [each.kind for each in dispatches],
        [each.payload for each in dispatches],
        now,
    )
