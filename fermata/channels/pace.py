"""How fast one process sends through one provider: evenly, never above its rate, and not at all while it rests."""

import asyncio
import heapq
import math
import time
from dataclasses import dataclass
from datetime import timedelta

_CATCHES_UP = 0.01  # seconds: a turn that nobody took is not saved up for longer
_LONGEST_REST = 600.0  # seconds, for everybody; the one message that was refused heeds all that was asked for
_LOOKS_AGAIN = 0.02  # seconds
_RECENT = 1000  # answers and more, of which the fastest tells how long the way is when nothing holds a message up
_ENOUGH = 20  # answers, to believe it
_LEAVES_IT_TO_OTHERS = timedelta(seconds=2)
_DOUBT = 0.02  # seconds by which even the fastest may have been held up


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker has of a rate that several keep together.

    Args:
        workers: How many they are, this one included.
        place: Of this one among them, from 0: a rate too small for all is shared by the first ones.
    """

    workers: int = 1
    place: int = 0


class Pace:
    """Gives turns, evenly spaced, and lets nothing out that could come to too much in any second.

    A turn is taken early, before anything is written down; ``release`` is awaited at the last moment. What the provider
    counts is when messages arrive, not when they leave. One that is held up on its way may arrive together with later
    ones, so each fills its place from its release until a second after the latest moment at which it can have arrived:
    its release, and by how much its answer took longer than the fastest of late.

    Args:
        rate: Messages a second; None for no limit.
    """

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._takes_part = True
        self._spacing, self._period = 0.0, 0.0
        self._most: int | None = None
        self._next = 0.0
        self._rests_until = 0.0
        self._first_in_line = asyncio.Lock()
        self._under_way = 0
        self._free_at: list[float] = []
        self._fastest_before = math.inf
        self._fastest = math.inf
        self._answers = 0
        self.share(Share())

    def share(self, share: Share) -> None:
        """Keeps to this worker's part of the rate from now on.

        Args:
            share: How many workers there are.
        """
        if self._rate is None:
            return
        senders = min(share.workers, max(math.floor(self._rate), 1))
        self._takes_part = share.place < senders
        own = self._rate / senders
        self._spacing = 1 / own
        self._period = max(1.0, self._spacing)
        self._most = max(math.floor(own * self._period + 1e-9), 1)

    def hold_back(self, duration: timedelta) -> None:
        """Gives no turn for a while, where there is a rate to keep to.

        Args:
            duration: How long.
        """
        if self._rate is not None:
            self.rest(duration)

    @property
    def waits(self) -> timedelta:
        """How long a turn that is taken now would wait."""
        if not self._takes_part:
            return _LEAVES_IT_TO_OTHERS
        now = time.monotonic()
        return timedelta(seconds=max(self._next, self._rests_until, now) - now)

    async def turn(self) -> None:
        """Takes the next turn, and waits for it."""
        now = time.monotonic()
        mine = max(self._next, self._rests_until, now - _CATCHES_UP)
        self._next = mine + self._spacing
        if mine > now:
            await asyncio.sleep(mine - now)

    async def release(self) -> float:
        """Waits until one more cannot be too many. Returns the instant, for ``answered``."""
        async with self._first_in_line:  # the others keep their order, and do not look all at once
            while self._most is not None:
                now = time.monotonic()
                while self._free_at and self._free_at[0] <= now:
                    heapq.heappop(self._free_at)
                if self._under_way + len(self._free_at) < self._most:
                    break
                free = self._free_at[0] - now if self._free_at else _LOOKS_AGAIN
                await asyncio.sleep(min(free, _LOOKS_AGAIN))
            self._under_way += 1
            return time.monotonic()

    def answered(self, released: float) -> None:
        """Hears that a message has arrived, or never will.

        Args:
            released: What ``release`` returned.
        """
        self._under_way -= 1
        if self._most is None:
            return
        took = time.monotonic() - released
        self._answers += 1
        if self._answers % _RECENT == 0:
            self._fastest_before, self._fastest = self._fastest, took
        self._fastest = min(self._fastest, took)
        way = min(self._fastest, self._fastest_before) - _DOUBT if self._answers >= _ENOUGH else 0.0
        heapq.heappush(self._free_at, released + (took - max(way, 0.0)) + self._period)

    def rest(self, asked: timedelta) -> None:
        """Gives no turn until the time is up that the provider asked for.

        Args:
            asked: Its ``Retry-After``.
        """
        seconds = min(asked.total_seconds(), _LONGEST_REST)
        self._rests_until = max(self._rests_until, time.monotonic() + seconds)
