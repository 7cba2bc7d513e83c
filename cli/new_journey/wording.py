"""What a new journey is called, in its file, its class and its messages; and what its author may not call it."""

import keyword
import re
from dataclasses import dataclass

from fermata.errors import DefinitionError
from fermata.events.verbs import Verbs

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 30  # the longest with which no line of the files that are written is too long
_LONGEST_EVENT = 60
_IMPORTED = frozenset({"After", "Entry", "Journey", "JourneyDefinition", "Message", "Outcome", "Trigger"})
_COMES_BACK = ("Product Viewed", "Signed In", "Email Link Clicked")


@dataclass(frozen=True, slots=True)
class Wording:
    """The names in the files of a new journey.

    Args:
        name: As runs and Temporal call it, and its module.
        trigger: The event that starts a run.
        goal: The event that a run is for.
        listens_to: The event that it waits for between its two messages.
    """

    name: str
    trigger: str
    goal: str
    listens_to: str

    @property
    def title(self) -> str:
        """For people: ``Spring club``."""
        return self.name.replace("_", " ").capitalize()

    @property
    def class_name(self) -> str:
        """For Python: ``SpringClub``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


def word(name: str, trigger: str | None, goal: str, verbs: Verbs) -> Wording:
    """Finds the names of a new journey.

    Args:
        name: What its author calls it.
        trigger: What starts it; None for an event of its own.
        goal: What it is for.
        verbs: The standard events: one that is known under another name gets its own.

    Raises:
        DefinitionError: A name or an event cannot be used; it says why.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise DefinitionError(
            f"{name!r} cannot name a journey; use small letters, digits and single underscores, a letter first, "
            f"at most {_LONGEST_NAME} characters: spring_club"
        )
    begins = _event(trigger or f"{name.replace('_', ' ').title()} Started", verbs)
    ends = _event(goal, verbs)
    if begins == ends:
        raise DefinitionError(f"{begins!r} would start this journey and end it; give another --trigger or --goal")
    listens_to = next(event for event in _COMES_BACK if event not in (begins, ends))
    wording = Wording(name, begins, ends, listens_to)
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or wording.class_name in _IMPORTED:
        raise DefinitionError(f"{name!r} means something else in Python or in a journey's file; say which: my_{name}")
    return wording


def _event(given: str, verbs: Verbs) -> str:
    event = " ".join(given.split())
    if not event or len(event) > _LONGEST_EVENT or not event.isprintable() or set(event) & set("\"'\\"):
        raise DefinitionError(
            f"{given!r} cannot name an event here; use up to {_LONGEST_EVENT} letters, digits and spaces: Club Joined"
        )
    known = verbs.find(event)
    return known.name if known is not None else event
