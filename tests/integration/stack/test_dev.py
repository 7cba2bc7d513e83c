"""``fermata dev``: the whole stack in the foreground, found through ``stack.json``, gone after Ctrl-C."""

import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from cli.stack.stack_report import StackReport
from cli.stack.waiting import is_listening, until

_LIMIT = timedelta(seconds=90)
_FREE_PORTS = ("--api-port", "0", "--temporal-port", "0", "--ui-port", "0", "--smtp-port", "0")


async def _start(folder: Path, environment: Mapping[str, str], *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "dev", "--data-dir", str(folder), *_FREE_PORTS, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


@asynccontextmanager
async def _running(
    folder: Path, environment: Mapping[str, str], *options: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, StackReport]]:
    process = await _start(folder, environment, *options)
    report = folder / "stack.json"
    try:
        await until(lambda: report.exists() or process.returncode is not None, limit=_LIMIT)
        if process.returncode is not None:
            _, said = await process.communicate()
            raise AssertionError(said.decode())
        yield process, StackReport.model_validate_json(report.read_text())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    async with asyncio.timeout(_LIMIT.total_seconds()):
        _, said = await process.communicate()
    return process.returncode, said.decode()


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def _port(address: str) -> int:
    return int(address.rpartition(":")[2].partition("/")[0])


def _ports(report: StackReport) -> list[int]:
    addresses = (report.api, report.temporal, report.ui or "", report.database, report.smtp, report.provider)
    return [_port(address) for address in addresses]


@pytest.fixture
def naming_servers(own_environment: dict[str, str], database_url: str, temporal_address: str) -> dict[str, str]:
    """An environment that names the servers of the tests, for where the embedded ones do not matter."""
    return {**own_environment, "FERMATA_DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal_address}


async def test_all_parts_answer_ctrl_c_ends_them_and_the_next_start_finds_files_and_keys(
    tmp_path: Path, own_environment: dict[str, str]
) -> None:
    folder = tmp_path / "data"
    async with _running(folder, own_environment) as (process, first):
        assert stat.S_IMODE((folder / "stack.json").stat().st_mode) == 0o600
        assert first.pid == process.pid
        assert set(first.pids) == {"postgres", "temporal", "smtp", "provider", "api", "worker"}
        assert all([await is_listening(port) for port in _ports(first)])
        async with httpx.AsyncClient() as http:
            event = {"userId": "ada", "event": "Product Viewed", "messageId": "1"}
            answer = await http.post(f"{first.api}/v1/track", json=event, auth=(first.write_key or "", ""))
        assert answer.json()["success"] is True
        os.killpg(process.pid, signal.SIGINT)
        assert await _ended(process) == (0, "")
        assert not any([await is_listening(port) for port in _ports(first)])
        assert not (folder / "stack.json").exists()
    async with _running(folder, own_environment) as (_, second):
        connection = await asyncpg.connect(second.database)
        assert await connection.fetchval("SELECT count(*) FROM events") == 1
        await connection.close()
    assert second.write_key is not None
    assert (second.write_key, second.admin_key) == (first.write_key, first.admin_key)


async def test_a_taken_port_is_named_with_its_option(tmp_path: Path, own_environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, said = await _ended(await _start(tmp_path, own_environment, "--ui-port", port))
    assert (status, said.count("\n")) == (1, 1)
    assert port in said
    assert "--ui-port" in said


async def test_with_servers_that_are_named_it_starts_the_rest_once_a_folder_keeps_nothing_and_ends_when_a_part_dies(
    tmp_path: Path, naming_servers: dict[str, str], database_url: str, temporal_address: str
) -> None:
    async with _running(tmp_path, naming_servers, "--ephemeral") as (process, report):
        assert _names(tmp_path) == {"lock", "stack.json"}
        assert set(report.pids) == {"smtp", "provider", "api", "worker"}
        assert (report.database, report.temporal, report.ui) == (database_url, temporal_address, None)
        status, said = await _ended(await _start(tmp_path, naming_servers))
        assert (status, said.count("\n")) == (1, 1)
        assert f"in use by another fermata dev (process {process.pid})" in said
        os.kill(report.pids["api"], signal.SIGKILL)
        status, said = await _ended(process)
        assert status == 1
        assert said.startswith("fermata: api ended unexpectedly, with status -9")
        assert not await is_listening(_port(report.smtp))
    assert _names(tmp_path) == {"lock"}
    assert await Client.connect(temporal_address)  # what was not its own goes on
