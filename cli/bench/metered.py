"""A real process, fed through its stdin, and what it took by the system's own count."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.stack import launch
from fermata.errors import Unavailable

_METER = Path(__file__).with_name("meter.py")
_LAUNCH = launch.__file__


@dataclass(frozen=True)
class Usage:
    """What a process took.

    Args:
        cpu_seconds: Of its own and of the system for it, its start included.
        peak_bytes: The most memory that it held at once.
    """

    cpu_seconds: float
    peak_bytes: int


async def metered(program: Sequence[str], feed: Iterable[bytes]) -> Usage:
    """Runs a program to its end. Cancelled, it leaves nothing running.

    Args:
        program: Its path, and its arguments.
        feed: What it reads, piece by piece.

    Raises:
        Unavailable: It failed; the message holds what it said.
    """
    python = (sys.executable, "-I", "-S")
    process = await asyncio.create_subprocess_exec(
        *(*python, _LAUNCH, str(os.getpid()), str(int(signal.SIGKILL)), "-", "--"),
        *(*python, str(_METER), _LAUNCH, *program),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C at the terminal is ours to hand on
    )
    try:
        _, (told, errors) = await asyncio.gather(_feed(process, feed), _read(process))
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode != 0:
        raise Unavailable(f"{' '.join(program)} ended with status {process.returncode}: {errors.decode()}")
    cpu_seconds, peak = told.split()
    return Usage(float(cpu_seconds), int(peak))


async def _feed(process: asyncio.subprocess.Process, feed: Iterable[bytes]) -> None:
    if process.stdin is None:
        raise AssertionError("stdin is a pipe")
    with suppress(ConnectionError):  # it ended before it had read all; its status says why
        for piece in feed:
            process.stdin.write(piece)
            await process.stdin.drain()
    process.stdin.close()


async def _read(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both are pipes")
    told, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    return told, errors
