"""``fermata demo`` as its user runs it: a process of its own, with everything real that belongs to it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from cli.stack.waiting import until

_LIMIT = timedelta(seconds=120)
_QUICK = timedelta(milliseconds=50)


@dataclass(frozen=True)
class Finished:
    """A demo that has ended, and the folder that held all its files."""

    status: int
    out: bytes
    err: str
    folder: Path

    @property
    def document(self) -> dict[str, Any]:
        """What it printed with ``--json``."""
        document: dict[str, Any] = orjson.loads(self.out)
        return document


@asynccontextmanager
async def running(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Starts a demo whose files are all in the folder; whatever happens, it has ended afterwards."""
    ours = ("FERMATA_", "TEMPORAL_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "demo", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "TMPDIR": str(folder)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finish(folder: Path, process: asyncio.subprocess.Process) -> Finished:
    out, err = await asyncio.wait_for(process.communicate(), _LIMIT.total_seconds())
    assert process.returncode is not None
    return Finished(process.returncode, out, err.decode(), folder)


async def run(folder: Path, *arguments: str) -> Finished:
    async with running(folder, *arguments) as process:
        return await finish(folder, process)


def reports(folder: Path) -> list[dict[str, Any]]:
    """What the stacks in the folder have told of themselves: at most one, once everything is up."""
    return [orjson.loads(path.read_bytes()) for path in folder.glob("fermata-*/stack.json")]


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def left_running(folder: Path) -> list[str]:
    """The processes that work in the folder, or whose command line names it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if str(folder) in command or (process / "cwd").readlink().is_relative_to(folder):
                found.append(command)
    return found


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A demo from start to end, run once for all that is asked of it."""
    return await run(tmp_path_factory.mktemp("d"), "--json")


async def test_it_ends_well_and_prints_one_document_and_nothing_else(demo: Finished) -> None:
    assert (demo.status, demo.err) == (0, "")
    assert demo.document["notes"] == []


async def test_sends_deferrals_and_drops_all_happen(demo: Finished) -> None:
    for action in ("send", "defer", "drop"):
        assert sum(demo.document["decisions"][action].values()) > 0
    assert len(demo.document["held"]) > 0
    assert demo.document["messages"]["email"] > 0
    assert demo.document["messages"]["push"] > 0


async def test_runs_end_in_more_than_one_way_and_all_are_accounted_for(demo: Finished) -> None:
    runs = demo.document["runs"]
    assert min(runs["converted"], runs["completed"], runs["exited"], runs["active"], runs["holdout"]) > 0
    ended = runs["completed"] + runs["converted"] + runs["exited"] + runs["timed_out"] + runs["failed"]
    assert runs["started"] == ended + runs["active"]
    assert runs["failed"] == 0
    assert runs["active"] == len({held["workflow_id"] for held in demo.document["held"]})


async def test_the_mail_that_arrived_is_the_mail_that_the_ledger_knows_of(demo: Finished) -> None:
    assert demo.document["smtp_received"] == demo.document["messages"]["email"] == demo.document["emails_in_ledger"]


async def test_no_cap_was_exceeded(demo: Finished) -> None:
    assert demo.document["cap_violations"] == 0
    assert demo.document["exposures"] >= sum(demo.document["messages"].values())


async def test_it_leaves_nothing_behind(demo: Finished) -> None:
    assert await until(lambda: not left_running(demo.folder), limit=timedelta(seconds=5))
    assert is_empty(demo.folder)


async def test_own_events_get_a_report_that_says_what_they_lack(tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    lines = (
        '{"type":"track","messageId":"1","userId":"u1","event":"Product Viewed","timestamp":"2019-10-01T00:00:00Z"}',
        '{"type":"track"',
        '{"type":"track","userId":"u1","event":"Product Viewed","timestamp":"2019-10-01T00:00:00"}',
        '{"type":"track","messageId":"1","userId":"u1","event":"Product Viewed","timestamp":"2019-10-01T00:00:00Z"}',
    )
    await asyncio.to_thread(events.write_text, "\n".join(lines))
    finished = await run(tmp_path, "--events", str(events))
    told = finished.out.decode()
    assert (finished.status, finished.err) == (0, "")
    assert "\x1b" not in told
    assert told.startswith("While it runs, it can be watched at http://127.0.0.1:")
    assert max(len(line) for line in told.splitlines()) <= 80
    assert "! line 2: not JSON" in told
    assert "! line 3: timestamp: " in told
    assert "! 1 profile has no address and cannot be reached" in told
    assert "1 accepted         1 sent twice       2 refused" in told


async def test_a_file_that_is_not_there_is_told_in_one_line_before_anything_starts(tmp_path: Path) -> None:
    finished = await run(tmp_path, "--events", "nowhere.ndjson")
    assert finished.status == 1
    assert finished.err == "fermata: cannot read nowhere.ndjson: No such file or directory\n"
    assert finished.out == b""


async def test_ctrl_c_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running(tmp_path) as process:
        assert await until(lambda: bool(reports(tmp_path)), limit=_LIMIT, every=_QUICK)
        os.killpg(process.pid, signal.SIGINT)
        finished = await finish(tmp_path, process)
    assert finished.status == 130
    assert await until(lambda: not left_running(tmp_path), limit=timedelta(seconds=5))
    assert is_empty(tmp_path)


async def test_a_part_that_dies_ends_it_and_is_named_in_one_line(tmp_path: Path) -> None:
    async with running(tmp_path, "--json") as process:
        assert await until(lambda: bool(reports(tmp_path)), limit=_LIMIT, every=_QUICK)
        (report,) = reports(tmp_path)
        os.kill(report["pids"]["worker"], signal.SIGKILL)
        finished = await finish(tmp_path, process)
    assert finished.status == 1
    assert finished.out == b""
    assert finished.err.startswith("fermata: worker ended unexpectedly")
    assert await until(lambda: not left_running(tmp_path), limit=timedelta(seconds=5))
