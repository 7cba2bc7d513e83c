"""What a deployment keeps, and for how long."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Keep:
    """How long each kind of row is kept; None for ever.

    Args:
        events: Events, after the end of the month in which they came in. Those that an active run may look at stay.
        decisions: Decisions, their slots, what was heard of them and their short links, once the run has ended. Those
            that a cap of the policy in force counts stay.
        dispatches: What was delivered to runs, once the run has ended.
        rejected: Events that the door refused, after they came in.
    """

    events: timedelta | None = None
    decisions: timedelta | None = None
    dispatches: timedelta | None = None
    rejected: timedelta | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing ever goes."""
        return (self.events, self.decisions, self.dispatches, self.rejected) == (None, None, None, None)
