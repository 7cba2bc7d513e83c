"""How much is done in a second by several who work at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import TypeAlias

Work: TypeAlias = Callable[[], Awaitable[int]]
"""Does something once, and says how much of it that was."""


async def per_second(workers: Sequence[Work], seconds: float) -> float:
    """Lets all work at once, each over and over until the time is up, and returns what they did in a second.

    Args:
        workers: Each does one thing at a time.
        seconds: How long. What is under way then is finished, and its time is counted.
    """
    began = perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_over_and_over(work, began + seconds)) for work in workers]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None  # one tells as much as sixteen
    return sum(task.result() for task in tasks) / (perf_counter() - began)


async def _over_and_over(work: Work, end: float) -> int:
    done = await work()
    while perf_counter() < end:
        done += await work()
    return done
