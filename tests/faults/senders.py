"""Starts senders, one after another, and kills them."""

import asyncio
import contextlib
import os
import signal
import sys
from datetime import timedelta
from types import TracebackType
from typing import Self

from tests.faults.sender_process import Order

_LIMIT = timedelta(seconds=30)


class Senders:
    """The process that forks senders, while the block lasts."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.sender_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        await self._told("loaded")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and a sender that a failed test has left at work
            await self._process.wait()

    async def run(self, order: Order) -> None:
        """Lets a sender do all of an order."""
        await self._start(order)
        assert await self._status() == 0

    async def kill_where_it_stops(self, order: Order) -> None:
        """Kills a sender when each of its messages has come to the point of the order."""
        pid = await self._start(order)
        for _ in order.messages:
            await self._told(order.stops_at or "")
        os.kill(pid, signal.SIGKILL)
        assert await self._status() == signal.SIGKILL

    async def kill_after(self, order: Order, pause: timedelta) -> bool:
        """Kills a sender that has worked for a while. Returns whether it was still at work then."""
        pid = await self._start(order)
        await asyncio.sleep(pause.total_seconds())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return await self._status() == signal.SIGKILL

    async def _start(self, order: Order) -> int:
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("use it inside its `async with` block")
        self._process.stdin.write(order.model_dump_json().encode() + b"\n")
        pid = int((await self._line()).removeprefix("pid "))
        await self._told("ready")
        return pid

    async def _status(self) -> int:
        return int((await self._line()).removeprefix("ended "))

    async def _told(self, what: str) -> None:
        line = await self._line()
        assert line == what, f"the sender says {line!r}"

    async def _line(self) -> str:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("use it inside its `async with` block")
        async with asyncio.timeout(_LIMIT.total_seconds()):
            return (await self._process.stdout.readline()).decode().strip()
