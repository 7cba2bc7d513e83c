"""Where "now" comes from: passed in, so that skipped time and real time go through the same code."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the instant at which something is decided."""

    def now(self, workflow_time: datetime) -> datetime:
        """Returns the present instant (aware, UTC).

        Args:
            workflow_time: What the workflow that asks believes the time to be.
        """
        ...


class SystemClock:
    """The machine's clock. What production runs on: an activity that is retried an hour later decides an hour later."""

    def now(self, workflow_time: datetime) -> datetime:
        del workflow_time
        return datetime.now(UTC)


class WorkflowClock:
    """The workflow's own time. For skipped time, where fourteen days pass in a second."""

    def now(self, workflow_time: datetime) -> datetime:
        return workflow_time.astimezone(UTC)
