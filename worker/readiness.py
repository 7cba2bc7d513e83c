"""Whether a worker does its work: Temporal and Postgres answer it, and its dispatcher turned a moment ago."""

from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from fermata.database import Pool
from fermata.database.readiness import missing_from
from worker.dispatcher import Dispatcher

_PATIENCE = timedelta(seconds=2)
_LONGEST_TURN = timedelta(seconds=30)
"""A turn waits for fifty calls at once, each of which may take five seconds; idle, it turns once a second."""


class Readiness:
    """Asks all that a worker needs.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
        dispatcher: Of this worker.
    """

    def __init__(self, pool: Pool, client: Client, dispatcher: Dispatcher) -> None:
        self._pool = pool
        self._client = client
        self._dispatcher = dispatcher

    async def missing(self) -> tuple[str, ...]:
        """What the worker lacks, each in a sentence's part that says what to look at; empty where it works."""
        found = [await missing_from(self._pool), await self._temporal(), self._turning(datetime.now(UTC))]
        return tuple(each for each in found if each is not None)

    async def _temporal(self) -> str | None:
        try:
            answers = await self._client.service_client.check_health(timeout=_PATIENCE)
        except (RPCError, RuntimeError, TimeoutError, OSError):
            answers = False
        return None if answers else "Temporal does not answer"

    def _turning(self, now: datetime) -> str | None:
        last = self._dispatcher.turned_at
        if last is None:
            return "the dispatcher has not taken a turn yet"
        if now - last > _LONGEST_TURN:
            return f"the dispatcher took its last turn {(now - last).total_seconds():.0f} s ago; its log says why"
        return None
