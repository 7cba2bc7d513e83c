"""The events that a run has been told of: each once, in order, with a place in them for every branch of the journey."""

from collections.abc import Iterable
from contextvars import ContextVar
from uuid import UUID

from fermata.journeys import JourneyEvent
from fermata.segments import Comparison, satisfies

_REMEMBERED = 1000

# How far this branch has read. A branch under ``asyncio.gather`` inherits its parent's place and then keeps its own,
# so one branch's wait never swallows the event that another waits for.
_place: ContextVar[int] = ContextVar("fermata_place", default=0)


class Received:
    """Events in the order of their arrival.

    Args:
        events: What a run that continues as new had not read.
        seen: Ids that have been delivered before.
    """

    def __init__(self, events: Iterable[JourneyEvent] = (), seen: Iterable[UUID] = ()) -> None:
        self._events = list(events)
        self._seen = dict.fromkeys(seen)

    def is_new(self, event: JourneyEvent) -> bool:
        """Says whether the event comes for the first time, and remembers it."""
        if event.id in self._seen:
            return False
        self._seen[event.id] = None
        return True

    def append(self, event: JourneyEvent) -> None:
        """Puts an event at the end."""
        self._events.append(event)

    def next(self, names: tuple[str, ...], where: tuple[Comparison, ...] = ()) -> JourneyEvent | None:
        """The first unread event of one of these names, and reads up to it; None where there is none yet."""
        for index in range(_place.get(), len(self._events)):
            if _is_meant(self._events[index], names, where):
                _place.set(index + 1)
                return self._events[index]
        return None

    def has_after(self, place: int, names: tuple[str, ...], where: tuple[Comparison, ...] = ()) -> bool:
        """Says whether such an event stands after a place. Conditions ask this: they run outside a branch's context."""
        return any(_is_meant(event, names, where) for event in self._events[place:])

    @property
    def length(self) -> int:
        """How many events there are, read or not: the place after the last."""
        return len(self._events)

    @property
    def place(self) -> int:
        """How far this branch has read."""
        return _place.get()

    def read_all(self) -> None:
        """Puts this branch's place at the end: what came until now is past."""
        _place.set(len(self._events))

    def unread(self) -> tuple[JourneyEvent, ...]:
        """What this branch has not read."""
        return tuple(self._events[_place.get() :])

    def seen(self) -> tuple[UUID, ...]:
        """Ids of the latest events."""
        return tuple(self._seen)[-_REMEMBERED:]


def _is_meant(event: JourneyEvent, names: tuple[str, ...], where: tuple[Comparison, ...]) -> bool:
    return event.name in names and satisfies(event.properties, where)
