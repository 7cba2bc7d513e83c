"""Processes that are started again whenever they end, as an init system would: nobody lends them a hand."""

import asyncio
import contextlib
import os
import signal
import sys
from datetime import timedelta
from types import TracebackType
from typing import Self

from cli.stack.waiting import until
from tests.faults.nursery import Birth

_LOOK = timedelta(milliseconds=20)
_REST = timedelta(milliseconds=300)
_LOAD_LIMIT = timedelta(seconds=60)


class KeptAlive:
    """One process of Fermata: there is always one, or soon will be.

    Args:
        nursery: What starts it.
        birth: What it is.
    """

    def __init__(self, nursery: "Nursery", birth: Birth) -> None:
        self._nursery, self._birth = nursery, birth
        self._pid: int | None = None
        self.starts = 0

    async def keep(self) -> None:
        """Starts it, again and again, until cancelled."""
        while True:
            self._pid = await self._nursery.start(self._birth)
            self.starts += 1
            while not await until(lambda: not self.is_running, limit=timedelta(hours=1), every=_LOOK):
                pass
            await asyncio.sleep(_REST.total_seconds())

    @property
    def is_running(self) -> bool:
        """Whether it runs at this moment."""
        if self._pid is None:
            return False
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            self._pid = None
        return self._pid is not None

    async def kill(self) -> None:
        """Kills it where it stands, and waits until it is gone."""
        await until(lambda: self.is_running, limit=timedelta(seconds=10), every=_LOOK)
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        await until(lambda: not self.is_running, limit=timedelta(seconds=10), every=_LOOK)


class Nursery:
    """The process that forks the others, while the block lasts; they end with it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._asking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.nursery"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def is_ready(self) -> None:
        """Waits until everything is loaded."""
        line = await self._line()
        if line != "loaded":
            raise RuntimeError(f"the nursery says {line!r}; see its stderr")

    async def start(self, birth: Birth) -> int:
        """Starts a process, and returns its pid."""
        async with self._asking:
            process = self._running()
            assert process.stdin is not None
            process.stdin.write(birth.model_dump_json().encode() + b"\n")
            return int(await self._line())

    async def _line(self) -> str:
        process = self._running()
        assert process.stdout is not None
        async with asyncio.timeout(_LOAD_LIMIT.total_seconds()):
            return (await process.stdout.readline()).decode().strip()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("use it inside its `async with` block")
        return self._process
