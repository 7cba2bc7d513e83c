"""How many requests a key may make: a token bucket, so that a burst passes and a flood does not."""

import re
from datetime import timedelta
from typing import NamedTuple, Self

from fermata.errors import ConfigurationError, TooManyRequests

_NUMBER = r"([0-9]{1,7}(?:\.[0-9]{1,3})?)"
_LIMIT = re.compile(rf"{_NUMBER}(?::([0-9]{{1,7}}))?")
OFF = "off"


class Limit(NamedTuple):
    """So many requests a second on end, and so many at once after a pause.

    Args:
        rate: Requests a second, over 0.
        burst: Requests at once, at least 1.
    """

    rate: float
    burst: float

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Reads ``50`` (50 a second, 100 at once), ``50:200`` (200 at once) or ``off``.

        Args:
            text: As settings, commands and the table of keys write it.

        Returns:
            The limit; None for ``off``.

        Raises:
            ConfigurationError: It is none of these.
        """
        if text == OFF:
            return None
        found = _LIMIT.fullmatch(text)
        rate = float(found[1]) if found is not None else 0.0
        burst = float(found[2]) if found is not None and found[2] else max(1.0, 2 * rate)
        if rate <= 0 or burst < 1:
            raise ConfigurationError(
                f"{text!r} is no limit; write requests a second as 50, with how many at once as 50:200, or {OFF!r}"
            )
        return cls(rate, burst)


class Bucket:
    """What is left of a limit. It fills at the rate, up to the burst, and each request takes one.

    Args:
        limit: What it holds, and how fast it fills. It starts full.
    """

    __slots__ = ("_at", "_left", "limit")

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._left = limit.burst
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Takes one.

        Args:
            now: Seconds of a clock of the caller's; one that goes back fills nothing.

        Returns:
            0 where there was one; else the seconds until there is, and nothing was taken.
        """
        passed = max(0.0, now - self._at) if self._at is not None else 0.0
        self._at = now
        self._left = min(self.limit.burst, self._left + passed * self.limit.rate)
        if self._left < 1:
            return (1 - self._left) / self.limit.rate
        self._left -= 1
        return 0.0


class Rates:
    """The buckets of all keys in this process. A deployment of several processes of the API lets through the sum."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def take(self, name: str, limit: Limit, now: float) -> None:
        """Counts a request of a key.

        Args:
            name: The key's: one that exists, so that there are no more buckets than keys.
            limit: The key's, as of now; a bucket of another limit gives way.
            now: Seconds of a clock that does not go back.

        Raises:
            TooManyRequests: The key has made too many.
        """
        bucket = self._buckets.get(name)
        if bucket is None or bucket.limit != limit:
            bucket = self._buckets[name] = Bucket(limit)
        wait = bucket.take(now)
        if wait:
            problem = f"the key {name!r} may make {limit.rate:g} requests a second, {limit.burst:g} at once; wait"
            raise TooManyRequests(problem, wait=timedelta(seconds=wait))
