"""How fast one process sends through one provider: evenly, never above its rate, and not at all while it rests."""

import asyncio
import math
import time
from collections import deque
from datetime import timedelta

_HELD_BACK = 0.97  # of the rate: what clocks and networks bunch together must still fit below it
_CATCHES_UP = 0.02  # seconds: a turn that nobody took is not saved up for longer
_LONGEST_REST = 600.0  # seconds, for everybody; the one message that was refused heeds all that was asked for


class Pace:
    """Gives turns, evenly spaced.

    A turn is taken early, before anything is written down, and ``release`` is awaited at the last moment: it looks
    back over the last second, so that turns that were held up together do not go out together.

    Args:
        rate: Messages a second; None for no limit.
    """

    def __init__(self, rate: float | None) -> None:
        self._spacing = 1 / (rate * _HELD_BACK) if rate is not None else 0.0
        self._next = 0.0
        self._rests_until = 0.0
        period = max(1.0, 1 / rate) if rate is not None else 0.0
        most = max(math.floor(rate * period), 1) if rate is not None else 0
        self._period = period
        self._released: deque[float] | None = deque(maxlen=most) if most else None

    @property
    def waits(self) -> timedelta:
        """How long a turn that is taken now would wait."""
        now = time.monotonic()
        return timedelta(seconds=max(self._next, self._rests_until, now) - now)

    async def turn(self) -> None:
        """Takes the next turn, and waits for it."""
        now = time.monotonic()
        mine = max(self._next, self._rests_until, now - _CATCHES_UP)
        self._next = mine + self._spacing
        if mine > now:
            await asyncio.sleep(mine - now)

    async def release(self) -> None:
        """Waits until this one is no more than the rate allows in any second before now."""
        if self._released is None:
            return
        while len(self._released) == self._released.maxlen:
            wait = self._released[0] + self._period - time.monotonic()
            if wait <= 0:
                break
            await asyncio.sleep(wait)
        self._released.append(time.monotonic())

    def rest(self, asked: timedelta) -> None:
        """Gives no turn until the time is up that the provider asked for.

        Args:
            asked: Its ``Retry-After``.
        """
        seconds = min(asked.total_seconds(), _LONGEST_REST)
        self._rests_until = max(self._rests_until, time.monotonic() + seconds)
