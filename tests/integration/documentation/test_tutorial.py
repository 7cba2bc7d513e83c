"""The tutorial, to the letter: its files are written and its commands typed, in a tree and a home of their own."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copytree, which

import pytest

from cli.stack.waiting import until
from fermata.database import Pool
from tests.pages import ROOT, Block, blocks

PAGE = ROOT / "docs" / "tutorial.md"
BEFORE = re.compile(r"((?:[^\n]+\n)+)\n?\Z")
PATH = re.compile(r"`([\w./]+\.(?:py|json|ndjson))`")
FREE_PORTS = ("--api-port", "0", "--temporal-port", "0", "--ui-port", "0", "--smtp-port", "0")


class Reader:
    """Somebody who does what the page says.

    Args:
        folder: Their clone.
        environment: Their terminal's.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.said = ""
        self._variables: list[str] = []

    async def does(self, block: Block) -> None:
        """Types a block, writes it into the file that the words before it name, or looks whether it is so."""
        if block.language == "sh":
            self.said = await self._types(block.text)
        elif block.language == "text":
            assert self.said == block.text
        else:
            words = _before(block)
            path = self.folder / PATH.findall(words)[-1]
            if "as it stands" in words:
                assert block.text in path.read_text(encoding="utf-8")
            else:
                kept = f"{path.read_text(encoding='utf-8')}\n\n" if "at the end of" in words else ""
                path.write_text(kept + block.text, encoding="utf-8")

    async def _types(self, text: str) -> str:
        typed = "\n".join(["set -euo pipefail", *self._variables, text])
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", typed),
            cwd=self.folder,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, wrong = await process.communicate()
        assert process.returncode == 0, f"{text}\n{said.decode()}\n{wrong.decode()}"
        self._variables += re.findall(r"^\w+=.*$", text, re.MULTILINE)
        return said.decode()


@pytest.fixture
def reader(tmp_path: Path, database_url: str, temporal_address: str) -> Reader:
    """Somebody with a clone in which everything is installed. Servers that run already spare starting more."""
    clone, home = tmp_path / "fermata", tmp_path / "home"
    for folder in (clone, home):
        folder.mkdir()
    copytree(ROOT / "workflows", clone / "workflows")
    for name in ("activities", "api", "cli", "fermata", "worker", "pyproject.toml", "Makefile"):
        (clone / name).symlink_to(ROOT / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    if which("curl") is None:
        stand_in = programs / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("curl.py")} "$@"\n')
        stand_in.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FERMATA_", "TEMPORAL_", "PG"))}
    environment = {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(programs), os.environ["PATH"])),
        "PYTHONPATH": str(clone),
        "COLUMNS": "120",
        "FERMATA_DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": temporal_address,
    }
    return Reader(clone, environment)


async def test_the_tutorial_leads_to_a_tested_journey_and_a_run_of_it(reader: Reader, pool: Pool) -> None:
    setup, *steps = blocks(PAGE)
    assert setup.text.startswith("make demo\n")  # it has a test of its own
    serve = next(index for index, block in enumerate(steps) if block.text == "make dev\n")
    last_test = max(index for index, block in enumerate(steps) if block.text.startswith("pytest "))
    shown = {}
    for index, block in enumerate(steps[:serve]):
        if not block.text.startswith("pytest ") or index == last_test:  # the first four tests are among the five
            await reader.does(block)
            shown[block.text.split(maxsplit=2)[1]] = reader.said
    assert "5 passed" in shown["tests/workflows/test_club.py"]
    for said in ("09:00  ✓  club_hello", "08:00  ✓  club_thanks", "nothing left this machine"):
        assert said in shown["simulate"]
    send, buy = steps[serve + 1 :]
    async with served(reader):
        await reader.does(send)
        assert await until(lambda: stands(pool, "active"), limit=timedelta(seconds=30))
        await reader.does(buy)
        assert await until(lambda: stands(pool, "converted"), limit=timedelta(seconds=30))


async def stands(pool: Pool, state: str) -> bool:
    """Whether Ada's run of the tutorial's journey stands so."""
    found: str | None = await pool.fetchval("SELECT state FROM journey_runs WHERE journey = 'club'")
    return found == state


@asynccontextmanager
async def served(reader: Reader) -> AsyncIterator[None]:
    """``make dev``, in the reader's other terminal, on free ports."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "dev", *FREE_PORTS),
        cwd=reader.folder,
        env=reader.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    report = reader.folder / ".fermata" / "stack.json"
    try:
        await until(lambda: report.exists() or process.returncode is not None, limit=timedelta(seconds=90))
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def _before(block: Block) -> str:
    """The paragraph before a block."""
    text = block.page.read_text(encoding="utf-8").splitlines(keepends=True)
    found = BEFORE.search("".join(text[: block.line - 1]))
    assert found is not None
    return found[1]
