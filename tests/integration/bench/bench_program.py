"""``fermata bench`` as its user runs it: a process of its own, all of whose files are in one folder."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

_ROOT = Path(__file__).parents[3]
LIMIT = timedelta(seconds=170)


@dataclass(frozen=True)
class Finished:
    """A program that has ended."""

    status: int
    out: bytes
    err: str


@asynccontextmanager
async def running(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Starts it in the folder; whatever happens, it has ended afterwards."""
    ours = ("FERMATA_", "TEMPORAL_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "bench", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={**environment, "TMPDIR": str(folder), "PYTHONPATH": str(_ROOT), "COLUMNS": "80"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finish(process: asyncio.subprocess.Process) -> Finished:
    """Waits for its end."""
    out, err = await asyncio.wait_for(process.communicate(), LIMIT.total_seconds())
    assert process.returncode is not None
    return Finished(process.returncode, out, err.decode())


async def run(folder: Path, *arguments: str) -> Finished:
    """Runs it to its end."""
    async with running(folder, *arguments) as process:
        return await finish(process)


def left_running(folder: Path) -> list[str]:
    """The processes that work in the folder, or whose command line names it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            command = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            if str(folder) in command or (process / "cwd").readlink().is_relative_to(folder):
                found.append(command)
    return found


def is_empty(folder: Path) -> bool:
    """Whether nothing is left in the folder."""
    return not any(folder.iterdir())
