"""What a run is told that is no event of its person: that it is over, and what becomes of its parent and children."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.journeys.outcome import Outcome
from fermata.vocabulary import Reason


class _Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RunOver(_Word):
    """The word to a run that it has been ended from outside: it ends at its next wait point, at once.

    Args:
        reason: ``restarted`` by a newer trigger, ``profile_erased``, or that its parent has ended.
    """

    reason: str


class ParentHeld(_Word):
    """The word to a run that its parent, which waits for it, is paused or goes on.

    Args:
        holds: Paused; else it goes on.
    """

    holds: bool


class ChildEnded(_Word):
    """The word to a run that a run has ended which it waits for.

    Args:
        run_id: The child's.
        outcome: How it ended.
    """

    run_id: UUID
    outcome: Outcome


class ChildStart(_Word):
    """What became of the wish to start a child.

    Args:
        run_id: The child's run; None where none began.
        reason: Why none began, in the vocabulary of enrolment: ``reentry_blocked``, ``already_enrolled``,
            ``holdout_journey``…
    """

    run_id: UUID | None = None
    reason: Reason | None = None

    def __bool__(self) -> bool:
        return self.run_id is not None
