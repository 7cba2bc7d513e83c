"""Ends a Postgres that outlived the Fermata that started it, and clears what a killed one left behind."""

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cli.stack.waiting import until
from fermata.errors import Unavailable

_LIMIT = timedelta(seconds=30)


async def end_orphan(data: Path) -> None:
    """Makes a data directory free for a new server. To be called by the holder of the lock on its home only.

    Args:
        data: The data directory.

    Raises:
        Unavailable: The server that uses it does not end.
    """
    noted = data / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(noted.read_text().splitlines()[0])
        if not _exists(pid):
            return  # Postgres clears this by itself
        if await asyncio.to_thread(_serves, pid, data):
            os.kill(pid, signal.SIGINT)
            await _wait_for_end(pid, data)
            return
        # After a restart of the machine or container another process may have that number, and Postgres, which only
        # looks at the number, would refuse to start for ever.
        _clear(data)


def _clear(data: Path) -> None:
    for left_over in (data / "postmaster.pid", *data.glob(".s.PGSQL.*")):
        left_over.unlink()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a Postgres on this data directory: it works in it."""
    processes = Path("/proc")
    if (processes / "self").exists():
        with suppress(OSError):
            return (processes / str(pid) / "cwd").samefile(data)
        return False
    command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return str(data) in command.stdout


async def _wait_for_end(pid: int, data: Path) -> None:
    if not await until(lambda: not _exists(pid), limit=_LIMIT):
        raise Unavailable(
            f"process {pid}, a Postgres left over from an earlier run, still uses {data} after "
            f"{_LIMIT.total_seconds():.0f} s; end it with: kill -QUIT {pid}"
        )
