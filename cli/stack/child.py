"""One child process: its own process group, its output in a log file, its end in our hands."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from fermata.errors import Unavailable

_LAUNCH = Path(__file__).with_name("launch.py")
_TAIL_BYTES = 16_384


@dataclass(frozen=True)
class ChildUser:
    """The user that a child runs as, where we are root and it must not be.

    Args:
        uid, gid: Numbers of the user and of its group.
    """

    uid: int
    gid: int


@dataclass(frozen=True)
class ChildCommand:
    """What to run, and how it is told to stop.

    Args:
        name: What we call it in messages.
        arguments: The program's path, and its arguments.
        log: The file that its output is added to.
        output: The file that its stdout goes to instead; None for the log.
        environment: All of its environment; None inherits ours.
        directory: Where it runs; None for where we do.
        user: Who it runs as; None for who we are.
        stop_signal: Asks it to stop cleanly.
        orphan_signal: What Linux sends it when we die before it does.
    """

    name: str
    arguments: tuple[str, ...]
    log: Path
    output: Path | None = None
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    user: ChildUser | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL


class Child:
    """A running child process. Made by ``Child.start``.

    Start it in the main thread: Linux means the death of the parent's *thread* when it speaks of the parent's.
    """

    def __init__(self, command: ChildCommand, process: asyncio.subprocess.Process, log_start: int) -> None:
        self.command = command
        self._process = process
        self._log_start = log_start

    @classmethod
    async def start(cls, command: ChildCommand) -> "Child":
        """Starts the command.

        Raises:
            OSError: The log cannot be written, or no process made. A program that cannot be run ends with status 127.
        """
        user = f"{command.user.uid}:{command.user.gid}" if command.user else "-"
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            log = files.enter_context(_open(command.log, os.O_APPEND))
            log_start = log.tell()
            output = files.enter_context(_open(command.output, os.O_TRUNC)) if command.output else log
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", str(_LAUNCH), str(os.getpid()), str(int(command.orphan_signal)), user, "--"),
                *command.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env=command.environment,
                cwd=command.directory,
                start_new_session=True,  # a Ctrl-C at the terminal is ours to hand on
            )
            return cls(command, process, log_start)

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Waits until it has ended, and returns its exit status."""
        return await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal, when it still runs."""
        if self.status is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def kill(self) -> None:
        """Ends it and its process group by SIGKILL, and waits for that."""
        with suppress(ProcessLookupError, PermissionError):  # macOS answers the second for a group that has ended
            os.killpg(self.pid, signal.SIGKILL)
        await self.wait()

    async def stop(self, limit: timedelta = timedelta(seconds=10)) -> int:
        """Asks it to stop, waits, and kills what is left of its process group.

        Args:
            limit: How long it may take to stop by itself.

        Returns:
            Its exit status.
        """
        self.signal(self.command.stop_signal)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait(), limit.total_seconds())
        await self.kill()
        return await self.wait()

    def last_lines(self, count: int = 15) -> str:
        """The last lines that it wrote since it started.

        Args:
            count: The most lines.
        """
        with self.command.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - _TAIL_BYTES))
            lines = log.read().decode("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def failure(self, what: str) -> Unavailable:
        """The error that tells what went wrong with this child, with its last lines and where to find the rest.

        Args:
            what: What went wrong, for example ``"did not start within 30 s"``.
        """
        lines = self.last_lines() or "(it wrote nothing)"
        return Unavailable(f"{self.command.name} {what}. The last lines of {self.command.log}:\n{lines}")


def _open(path: Path, how: int) -> BinaryIO:
    # For us alone: what programs write may hold keys, addresses and names.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "ab" if how == os.O_APPEND else "wb")
