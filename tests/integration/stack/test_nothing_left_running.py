"""However a program that holds a stack ends, nothing of it stays behind; ``small_stack.py`` is that program."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cli.stack.waiting import until

_PROGRAM = Path(__file__).with_name("small_stack.py")
_LIMIT = timedelta(seconds=40)


@dataclass(frozen=True)
class RunningProgram:
    """The program, when all its children are up."""

    process: asyncio.subprocess.Process
    pids: Mapping[str, int]

    def interrupt(self) -> None:
        """What a terminal does at Ctrl-C: the signal goes to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    async def ends(self) -> bool:
        """Whether the program and all its children end."""
        async with asyncio.timeout(_LIMIT.total_seconds()):
            await self.process.wait()
        return await until(lambda: not any(_runs(pid) for pid in self.pids.values()), limit=_LIMIT)


@asynccontextmanager
async def _running(folder: Path, environment: Mapping[str, str], *prefix: str) -> AsyncIterator[RunningProgram]:
    process = await asyncio.create_subprocess_exec(
        *(*prefix, sys.executable, str(_PROGRAM), str(folder)),
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_LIMIT.total_seconds()):
            line = await process.stdout.readline()
        yield RunningProgram(process=process, pids=json.loads(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _runs(pid: int) -> bool:
    # A zombie has ended; only its parent has not asked yet.
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(answer.stdout.strip()) and not answer.stdout.startswith("Z")


async def test_ctrl_c_ends_every_child(tmp_path: Path, own_environment: dict[str, str]) -> None:
    async with _running(tmp_path, own_environment) as program:
        program.interrupt()
        assert await program.ends()
        assert program.process.returncode == 0


async def test_a_second_ctrl_c_does_not_disturb_the_clean_up(tmp_path: Path, own_environment: dict[str, str]) -> None:
    async with _running(tmp_path, own_environment) as program:
        program.interrupt()
        await until(lambda: not _runs(program.pids["smtp"]), limit=_LIMIT)
        program.interrupt()
        assert await program.ends()
        assert program.process.returncode == 0


async def test_sigterm_ends_every_child(tmp_path: Path, own_environment: dict[str, str]) -> None:
    async with _running(tmp_path, own_environment) as program:
        program.process.terminate()
        assert await program.ends()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's death")
async def test_children_end_when_their_parent_is_killed(tmp_path: Path, own_environment: dict[str, str]) -> None:
    async with _running(tmp_path, own_environment) as program:
        program.process.kill()
        assert await program.ends()


async def test_files_left_by_a_killed_program_are_good_for_the_next(
    tmp_path: Path, own_environment: dict[str, str]
) -> None:
    for _ in range(2):
        async with _running(tmp_path, own_environment) as program:
            program.process.kill()
            assert await program.ends()


async def test_an_ordinary_user_brings_it_all_up(
    tmp_path: Path, own_environment: dict[str, str], as_ordinary_user: tuple[str, ...]
) -> None:
    await asyncio.to_thread(tmp_path.chmod, 0o777)
    async with _running(tmp_path, own_environment, *as_ordinary_user) as program:
        assert (tmp_path / "postgres").stat().st_uid != 0
        program.process.terminate()
        assert await program.ends()


async def test_a_child_that_dies_takes_the_program_down_and_is_named(
    tmp_path: Path, own_environment: dict[str, str]
) -> None:
    async with _running(tmp_path, own_environment) as program:
        os.kill(program.pids["smtp"], signal.SIGKILL)
        assert await program.ends()
        assert program.process.returncode != 0


@pytest.mark.parametrize("stage", ["postgres/data.new", "postgres/postgres.log", "temporal.log", "smtp.log"])
async def test_ctrl_c_during_the_start_leaves_nothing(
    tmp_path: Path, own_environment: dict[str, str], stage: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_PROGRAM), str(tmp_path)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=own_environment,
        start_new_session=True,
    )
    assert await until((tmp_path / stage).exists, limit=_LIMIT, every=timedelta(milliseconds=2))
    os.killpg(process.pid, signal.SIGINT)
    await asyncio.wait_for(process.wait(), _LIMIT.total_seconds())
    assert await until(lambda: not _processes_of(tmp_path), limit=_LIMIT)


def _processes_of(folder: Path) -> list[str]:
    """The processes that work in a folder, or whose command line names it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if str(folder) in command or (process / "cwd").readlink().is_relative_to(folder):
                found.append(command)
    return found
