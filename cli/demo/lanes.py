"""Which of several connections an event goes by, so that the events of one person stay in order."""

from collections import OrderedDict
from zlib import crc32

_REMEMBERED = 50_000


class Lanes:
    """Gives all events that share a name the same lane.

    A person may be known by several names: a user id, and one anonymous id a device. The lane of a name is remembered
    for far longer than any event can be on its way, and for no longer than that, so the memory stays constant.

    Args:
        number: How many lanes there are.
        remembered: How many names it keeps; must exceed the number of events that can be on their way at once.
    """

    def __init__(self, number: int, remembered: int = _REMEMBERED) -> None:
        self.number = number
        self._remembered = remembered
        self._lanes: OrderedDict[str, int] = OrderedDict()

    def of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The lanes that events with one of these names went by; more than one where an event links two people to one.

        Args:
            names: An event's names; none puts it on lane 0, where the door will refuse it.
        """
        known = frozenset(self._lanes[name] for name in names if name in self._lanes)
        return known or frozenset({crc32(names[0].encode()) % self.number if names else 0})

    def keep(self, names: tuple[str, ...], lane: int) -> None:
        """Remembers the lane for these names; those unused for longest are forgotten."""
        for name in names:
            self._lanes[name] = lane
            self._lanes.move_to_end(name)
        while len(self._lanes) > self._remembered:
            self._lanes.popitem(last=False)
