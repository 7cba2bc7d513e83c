"""The child processes of a stack, watched together: the first that ends unasked gives an error that says why."""

import asyncio
from datetime import timedelta

from cli.stack.child import Child, ChildCommand
from fermata.errors import Unavailable


class Children:
    """A set of running children: those started here, and others that are only watched."""

    def __init__(self) -> None:
        self._started: list[Child] = []
        self._watched: list[Child] = []
        self._changed = asyncio.Event()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of all that are watched, by name."""
        return {child.command.name: child.pid for child in self._watched}

    async def start(self, command: ChildCommand) -> Child:
        """Starts a child, watches it, and stops it with the others.

        Args:
            command: What to run.
        """
        child = await Child.start(command)
        self._started.append(child)
        self.watch(child)
        return child

    def watch(self, child: Child) -> None:
        """Watches a child that somebody else stops.

        Args:
            child: A running child.
        """
        self._watched.append(child)
        self._changed.set()

    def release(self, child: Child) -> None:
        """Watches a child no longer: it is to end on purpose.

        Args:
            child: A child, watched or not.
        """
        self._watched = [other for other in self._watched if other is not child]
        self._changed.set()

    def failure(self) -> Unavailable | None:
        """The error that tells of the first watched child that has ended; None while all run."""
        for child in self._watched:
            if child.status is not None:
                return child.failure(f"ended unexpectedly, with status {child.status}")
        return None

    async def wait_for_failure(self) -> Unavailable:
        """Waits until a watched child ends, and returns the error that tells of it."""
        while (failure := self.failure()) is None:
            self._changed.clear()
            waits = [asyncio.ensure_future(child.wait()) for child in self._watched]
            waits.append(asyncio.ensure_future(self._wait_for_change()))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiting in waits:
                    waiting.cancel()
        return failure

    async def stop(self, limit: timedelta = timedelta(seconds=10)) -> None:
        """Stops all that were started here, the youngest first.

        Args:
            limit: How long each may take to stop by itself.
        """
        while self._started:
            child = self._started.pop()
            self.release(child)
            await child.stop(limit)

    async def _wait_for_change(self) -> int:
        await self._changed.wait()
        return 0


async def run_to_end(command: ChildCommand, *, limit: timedelta) -> None:
    """Runs a command that ends by itself.

    Args:
        command: What to run.
        limit: How long it may take.

    Raises:
        Unavailable: It failed, or took longer; the message holds the end of its log.
    """
    child = await Child.start(command)
    try:
        status = await asyncio.wait_for(child.wait(), limit.total_seconds())
    except TimeoutError:
        raise child.failure(f"was not done within {limit.total_seconds():.0f} s") from None
    finally:
        await child.kill()
    if status != 0:
        raise child.failure(f"failed with status {status}")
