"""Why a run failed, in the words of what went wrong at the bottom of it, and what whoever reads it can do."""

from dataclasses import dataclass

from pydantic import ValidationError
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from fermata.errors import NoSuchProfile

_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended a run before its time.

    Args:
        kind: The error's name: a code, with nothing personal in it.
        what: What happened, with its name in front.
        mend: What to do, in Markdown.
    """

    kind: str
    what: str
    mend: str


def failure_of(error: Exception, *, trigger: str) -> Failure:
    """Tells why a run fails.

    Args:
        error: What left the enrolled block.
        trigger: The event that starts the journey.
    """
    place, root = _root(error)
    kind = (root.type if isinstance(root, ApplicationError) else None) or type(root).__name__
    said = root.message if isinstance(root, FailureError) else str(root)
    what = f"{kind}: {f'{place}: ' if place else ''}{' '.join(said.split())}"[:_LONGEST]
    where = f"what the activity `{place}` says of it" if place else "the journey's file, which the stack trace names"
    if isinstance(root, ValidationError):
        where = "the value that the journey's file gives to a message or a verb"
    mend = (
        f"**What to do.** Mend {where}, and deploy. This run is over and sends nothing more; the person enters again "
        f"with the next *{trigger}*, where the journey's re-entry allows it."
    )
    return Failure(kind, what, mend)


def is_erased(error: BaseException) -> bool:
    """Whether an activity did not find the person any more, nor anybody that they have become part of.

    Args:
        error: What left the enrolled block.
    """
    _, root = _root(error)
    return isinstance(root, ApplicationError) and root.type == NoSuchProfile.__name__


def _root(error: BaseException) -> tuple[str | None, BaseException]:
    """The error at the bottom, and the activity that it happened in."""
    place: str | None = None
    root: BaseException = error
    while isinstance(root, FailureError) and root.cause is not None:
        place = root.activity_id if isinstance(root, ActivityError) else place
        root = root.cause
    return place, root
