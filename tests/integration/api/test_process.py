"""``fermata api`` as a process: it serves, it can be asked to stop, and it says why it cannot start."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cli.stack.ports import free_port, listening_socket
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import Pool
from tests.integration.inbox.cards import somebody
from tests.integration.inbox.reader import reading

_LIMIT = timedelta(seconds=30)


@asynccontextmanager
async def api(database_url: str, port: int) -> AsyncIterator[Process]:
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "FERMATA_API_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "api", env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_asked_to_stop_and_ends_well(database_url: str, by: signal.Signals) -> None:
    port = free_port()
    async with (
        api(database_url, port) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).is_success
            except httpx.TransportError:
                return process.returncode is not None

        assert await until(ready, limit=_LIMIT)
        assert process.returncode is None
        process.send_signal(by)
        assert await asyncio.wait_for(process.wait(), _LIMIT.total_seconds()) == 0


async def test_an_open_inbox_does_not_hold_up_the_end(database_url: str, pool: Pool) -> None:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    ada, port = await somebody(pool, "ada"), free_port()
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    async with (
        api(database_url, port) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).is_success
            except httpx.TransportError:
                return process.returncode is not None

        assert await until(ready, limit=_LIMIT)
        async with reading(client, ada) as page:
            assert (await page.next()).name == "inbox"
            process.send_signal(signal.SIGTERM)
            # Requests that are under way have ten seconds; a stream would use them all.
            assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_a_port_that_is_taken_is_named_with_the_setting(database_url: str) -> None:
    with listening_socket() as taken:
        port = taken.getsockname()[1]
        async with api(database_url, port) as process:
            _, said = await asyncio.wait_for(process.communicate(), _LIMIT.total_seconds())
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in said.decode()
    assert "FERMATA_API_PORT" in said.decode()
    assert "Traceback" not in said.decode()


@pytest.mark.parametrize("variable", ["FERMATA_VERBS", "FERMATA_WEBHOOKS"])
async def test_a_file_that_says_what_cannot_be_is_named_with_its_place(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[sources.shop]\nkind = "shop"\n[verbs.A]\naliases = "x"\n')
    monkeypatch.setenv(variable, str(path))
    async with api(database_url, free_port()) as process:
        _, said = await asyncio.wait_for(process.communicate(), _LIMIT.total_seconds())
    assert process.returncode == 1
    assert f"{variable}={path}" in said.decode()
    assert ("verbs.A.aliases" if variable == "FERMATA_VERBS" else "sources.shop") in said.decode()
    assert "Traceback" not in said.decode()
