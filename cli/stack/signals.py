"""Ends a program's main task at Ctrl-C or SIGTERM, so that all it opened is closed, however often the signal comes."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_signal() -> None:
    """Waits for SIGINT, SIGTERM or SIGHUP."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, told.set)
    try:
        await told.wait()
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)


async def unless_signalled(main: Coroutine[Any, Any, None]) -> bool:
    """Runs a coroutine, and cancels it at the first signal. Further signals do not disturb its clean-up.

    Args:
        main: What to run; it closes what it opened when it is cancelled.

    Returns:
        Whether it ran to its end.
    """
    work = asyncio.ensure_future(main)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def end() -> None:
        if not told.is_set():
            told.set()
            work.cancel()

    for number in _ENDING:
        loop.add_signal_handler(number, end)
    try:
        await work
    except asyncio.CancelledError:
        if not told.is_set():
            raise
    return not told.is_set()
