"""Waits for a condition, with a limit."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    *,
    limit: timedelta,
    every: timedelta = timedelta(milliseconds=20),
) -> bool:
    """Asks again and again until the condition holds.

    Args:
        condition: A plain function or a coroutine function; it must not raise.
        limit: How long to ask at most.
        every: How long to rest between two questions.

    Returns:
        Whether it came to hold in time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit.total_seconds()
    while True:
        answer = condition()
        if await answer if inspect.isawaitable(answer) else answer:
            return True
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(every.total_seconds())
