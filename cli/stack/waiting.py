"""Waiting: for a condition with a limit, for a port, and for work in a thread that must not be broken off."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import ParamSpec, TypeVar

from cli.stack.ports import LOOPBACK

P = ParamSpec("P")
T = TypeVar("T")


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    *,
    limit: timedelta,
    every: timedelta = timedelta(milliseconds=20),
) -> bool:
    """Asks again and again until the condition holds.

    Args:
        condition: A plain function or a coroutine function; what it raises ends the waiting.
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


async def is_listening(port: int) -> bool:
    """Whether somebody takes connections on a port of 127.0.0.1.

    Args:
        port: Its number.
    """
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs blocking work in a thread. When we are cancelled, the work is seen to its end before we give way.

    A thread cannot be stopped, and what it makes after we cleaned up would stay behind.

    Args:
        function: The work, which takes the further arguments.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
