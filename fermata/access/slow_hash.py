"""The hash by which a key is kept: argon2id, slow on purpose, so that whoever copies the table learns nothing."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import CHEAPEST

from fermata.access.rates import Bucket, Limit
from fermata.errors import TooManyRequests

_AT_ONCE = 2
"""Each takes 19 MiB and one core: so many, however many strangers knock."""
_MOST_WAITING = 200
_OF_ONE_KEY = Limit(1, 20)
"""Whoever knows a key's public id and guesses at the rest costs one check a second, and no more."""


@dataclass(frozen=True)
class Cost:
    """What one hash costs. The default is OWASP's (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.

    A hash tells the cost that it was made with, so another one here leaves those that exist as good as they were.

    Args:
        memory: KiB.
        passes: Over that memory.
        lanes: Threads.
    """

    memory: int = 19_456
    passes: int = 2
    lanes: int = 1


LEAST = Cost(CHEAPEST.memory_cost, CHEAPEST.time_cost, CHEAPEST.parallelism)
"""The least that argon2 allows: for tests, which make hundreds of keys to nothing."""

_cost = Cost()


def spend(cost: Cost) -> None:
    """Makes every further hash of this process at another cost.

    Args:
        cost: What each shall cost.
    """
    global _cost  # a choice of the whole process, made once where it starts
    _cost = cost


async def slow_hash(text: str) -> str:
    """Hashes a key, in a thread.

    Args:
        text: The key.

    Returns:
        The hash with its salt and its cost, as argon2 writes it: ``$argon2id$v=19$m=19456,t=2,p=1$…``.
    """
    hasher = PasswordHasher(time_cost=_cost.passes, memory_cost=_cost.memory, parallelism=_cost.lanes)
    return await asyncio.to_thread(hasher.hash, text)


class SlowChecks:
    """Compares keys with their hashes, in threads, a bounded number at once: the event loop never waits for one."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._of_key: dict[str, Bucket] = {}

    async def matches(self, public_id: str, hashed: str, text: str) -> bool:
        """Tells whether a key is the one that was hashed. The time that it takes tells nothing about the key.

        Args:
            public_id: Of a key that exists: so what is remembered of them is bounded by the keys that there are.
            hashed: What is kept of it.
            text: As it was sent.

        Raises:
            TooManyRequests: Too many are being checked, or too many with this id were wrong of late.
        """
        wait = self._of_key.setdefault(public_id, Bucket(_OF_ONE_KEY)).take(monotonic())
        if wait or self._waiting >= _MOST_WAITING:
            problem = "too many keys are being checked here; send the request again"
            raise TooManyRequests(problem, wait=timedelta(seconds=wait or 1))
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(_matches, hashed, text)
        finally:
            self._waiting -= 1


def _matches(hashed: str, text: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, text)
    except VerificationError:
        return False
