"""The time of a simulation: stands still until somebody moves it, for all that takes part in it at once."""

import asyncio
from datetime import UTC, datetime

from cli.simulate.watched_run import WatchedRun


class SimulatedTime:
    """One present for people, runs and the ledger.

    Args:
        start: The first instant, aware.

    Attributes:
        now: The present.
        runs: All that are on it, by workflow id.
    """

    def __init__(self, start: datetime) -> None:
        self.now = start.astimezone(UTC)
        self.runs: dict[str, WatchedRun] = {}
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def tell(self) -> None:
        """Says that something has happened in it. From any thread: workflows run in threads of their worker."""
        self._loop.call_soon_threadsafe(self._changed.set)

    async def something_happens(self, limit: float) -> bool:
        """Waits until something has happened since the last call.

        Args:
            limit: Real seconds to wait at most.

        Returns:
            False where nothing has.
        """
        try:
            await asyncio.wait_for(self._changed.wait(), limit)
        except TimeoutError:
            return False
        self._changed.clear()
        return True
