"""Workers that come and go while runs are under way, each of a newer build where wanted; some of them are killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from cli.stack.waiting import until
from fermata.errors import ConfigurationError, NotFound
from tests.faults.cart_workers import Place, at_work
from worker.builds import Builds

_HANDS = 2
_KNOWN_WITHIN = timedelta(seconds=60)


class Progress:
    """How much of all that is to happen has happened.

    Args:
        total: Of steps.
    """

    def __init__(self, total: int) -> None:
        self._left = self._total = total
        self._changed = asyncio.Condition()

    async def advance(self, steps: int) -> None:
        """So many steps more are done."""
        async with self._changed:
            self._left -= steps
            self._changed.notify_all()

    async def reaches(self, share: float) -> None:
        """Waits until so much is done."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._left <= self._total * (1 - share))


class Crew:
    """Two workers in this process, and one of its own, for as long as the block lasts.

    Args:
        place: Where everything is.
        builds: Of their deployment; None has all of them take every run, with the same code.
    """

    def __init__(self, place: Place, builds: Builds | None = None) -> None:
        self._place, self._builds = place, builds
        self._build = 0
        self._hands: deque[AsyncExitStack] = deque()
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        for _ in range(_HANDS):
            await self._come()
        await self._lead_runs_here()
        await self._start_process()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._kill_process()
        while self._hands:
            await self._hands.popleft().aclose()

    async def change(self, progress: Progress, *, relieved: Sequence[float], killed: Sequence[float]) -> None:
        """Has workers go, and others come.

        Args:
            progress: Of the runs.
            relieved: At which shares of it one leaves in good order, and the next one comes.
            killed: At which shares of it one is killed.
        """
        for share in sorted((*relieved, *killed)):
            await progress.reaches(share)
            if share in killed:
                await self._kill_process()
                if share < killed[-1]:
                    await self._start_process()
            else:
                await self._relieve()

    async def _come(self) -> None:
        stack = AsyncExitStack()
        await stack.enter_async_context(at_work(self._place, self._build))
        self._hands.append(stack)

    async def _relieve(self) -> None:
        if self._builds is not None:
            self._build += 1
        await self._come()
        await self._lead_runs_here()
        await self._hands.popleft().aclose()

    async def _lead_runs_here(self) -> None:
        """Gives the newest build all runs, once it is at work."""
        if (builds := self._builds) is None:
            return
        build = self._place.build_id(self._build)

        async def led() -> bool:
            try:
                await builds.promote(build, by="tests")
            except (NotFound, ConfigurationError):
                return False  # it does not ask for work everywhere yet
            return True

        assert await until(led, limit=_KNOWN_WITHIN)

    async def _start_process(self) -> None:
        place = self._place.model_dump_json()
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.cart_workers", place, str(self._build)), stdout=PIPE
        )
        if process.stdout is None or await process.stdout.readline() != b"working\n":
            raise RuntimeError("the worker in a process of its own has not begun; see its stderr")

    async def _kill_process(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()
            self._process = None
