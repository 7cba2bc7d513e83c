"""Slows down whoever tries keys: so many wrong ones from one address, then none for a while."""

from collections import deque
from datetime import datetime, timedelta

MOST = 10
"""Wrong keys from one address within the time."""

WITHIN = timedelta(minutes=5)
_MOST_REMEMBERED = 10_000


class Throttle:
    """The wrong keys of late, by address, in this process. A right one is never held against anybody."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[datetime]] = {}

    def wait(self, address: str, now: datetime) -> timedelta | None:
        """How long an address must wait before its next try; None where it may try.

        Args:
            address: Whoever asks.
            now: The instant, aware.
        """
        wrong = self._wrong.get(address, deque())
        while wrong and wrong[0] <= now - WITHIN:
            wrong.popleft()
        return wrong[0] + WITHIN - now if len(wrong) >= MOST else None

    def wrong(self, address: str, now: datetime) -> None:
        """Remembers a wrong key.

        Args:
            address: Whoever sent it.
            now: The instant, aware.
        """
        if len(self._wrong) >= _MOST_REMEMBERED:
            self._wrong = {each: times for each, times in self._wrong.items() if times and times[-1] > now - WITHIN}
            while len(self._wrong) >= _MOST_REMEMBERED:
                del self._wrong[next(iter(self._wrong))]
        self._wrong.setdefault(address, deque(maxlen=MOST)).append(now)
