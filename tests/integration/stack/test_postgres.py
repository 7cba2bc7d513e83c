"""The embedded Postgres: durable, one server a folder, and at home wherever it finds its files."""

import asyncio
import os
import socket
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from cli.stack.child import Child, ChildCommand
from cli.stack.postgres import Postgres
from cli.stack.postgres_cluster import prepare_cluster
from cli.stack.waiting import until
from fermata.errors import ConfigurationError, Unavailable

_LIMIT = timedelta(seconds=30)


async def _read(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _write_until_killed(dsn: str, acknowledged: list[int]) -> None:
    connection = await asyncpg.connect(dsn)
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        while True:
            acknowledged.append(await connection.fetchval("INSERT INTO kept DEFAULT VALUES RETURNING id"))
    connection.terminate()


async def test_every_acknowledged_row_survives_sigkill(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        await _execute(postgres.dsn, "CREATE TABLE kept (id serial PRIMARY KEY)")
        acknowledged: list[int] = []
        writers = [asyncio.create_task(_write_until_killed(postgres.dsn, acknowledged)) for _ in range(4)]
        assert await until(lambda: len(acknowledged) >= 200, limit=_LIMIT)
        await postgres.kill()
        await asyncio.gather(*writers)
        await postgres.start()
        kept = await _read(postgres.dsn, "SELECT array_agg(id) FROM kept")
    assert isinstance(kept, list)
    assert set(acknowledged) <= set(kept)


async def test_it_waits_for_the_disk_and_speaks_utf8_in_the_c_locale(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        for setting, value in {"fsync": "on", "synchronous_commit": "on", "server_encoding": "UTF8"}.items():
            assert await _read(postgres.dsn, f"SHOW {setting}") == value
        assert await _read(postgres.dsn, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"


async def test_it_listens_on_loopback_only_and_asks_for_its_password(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        assert await _read(postgres.dsn, "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.dsn, password="guessed")


async def test_the_unix_socket_works_however_long_the_path_of_the_folder(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    async with Postgres(home) as postgres:
        short = tmp_path / "s"
        short.symlink_to(home / "data")
        connection = await asyncpg.connect(postgres.dsn, host=str(short), port=postgres.port)
        assert await connection.fetchval("SELECT inet_server_addr()") is None
        await connection.close()


async def test_it_comes_back_on_the_same_port_with_its_files(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        port = postgres.port
        await _execute(postgres.dsn, "CREATE TABLE kept AS SELECT 1 AS id")
        await postgres.stop()
        await postgres.start()
        assert postgres.port == port
    async with Postgres(tmp_path) as again:
        assert await _read(again.dsn, "SELECT count(*) FROM kept") == 1


async def test_a_pid_file_that_names_another_process_does_not_stop_the_start(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        await postgres.kill()
        noted = tmp_path / "data" / "postmaster.pid"
        lines = noted.read_text().splitlines()
        noted.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        await postgres.start()
        assert await _read(postgres.dsn, "SELECT 1") == 1


async def test_a_server_that_outlived_its_program_is_ended_first(tmp_path: Path) -> None:
    async with Postgres(tmp_path):
        pass
    cluster = prepare_cluster(tmp_path, durable=True)
    orphan = await Child.start(
        ChildCommand(
            name="orphan",
            arguments=(
                str(cluster.binaries.folder / "postgres"),
                "-D",
                cluster.data_argument,
                "-c",
                "listen_addresses=",
            ),
            log=tmp_path / "orphan.log",
            environment=cluster.environment,
            directory=cluster.data,
            user=cluster.user,
        )
    )
    assert await until(lambda: "ready to accept connections" in orphan.last_lines(), limit=_LIMIT)
    async with Postgres(tmp_path) as postgres:
        assert orphan.status is not None
        assert await _read(postgres.dsn, "SELECT 1") == 1
    await orphan.kill()


async def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as postgres:
        with pytest.raises(ConfigurationError, match=rf"in use by another .*process {os.getpid()}"):
            await Postgres(tmp_path).__aenter__()
        assert await _read(postgres.dsn, "SELECT 1") == 1


async def test_files_of_another_version_are_refused_by_name(tmp_path: Path) -> None:
    async with Postgres(tmp_path):
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ConfigurationError, match="was made by Postgres 9"):
        await Postgres(tmp_path).__aenter__()


async def test_a_broken_server_tells_the_end_of_its_log(tmp_path: Path) -> None:
    async with Postgres(tmp_path):
        pass
    (tmp_path / "data" / "postgresql.conf").write_text("max_connections = plenty\n")
    with pytest.raises(Unavailable, match="invalid value for parameter"):
        await Postgres(tmp_path).__aenter__()


async def test_what_an_interrupted_initdb_left_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "data.new" / "data" / "base").mkdir(parents=True)
    async with Postgres(tmp_path) as postgres:
        assert await _read(postgres.dsn, "SELECT 1") == 1


async def test_a_taken_port_is_an_error_that_names_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=str(port)):
            await Postgres(tmp_path, port=port).__aenter__()


async def test_a_throw_away_server_leaves_no_files() -> None:
    async with Postgres(durable=False) as postgres:
        home = postgres.child.command.log.parent
        assert await asyncio.to_thread(home.exists)
    assert not await asyncio.to_thread(home.exists)


async def test_a_database_is_copied_from_a_template_and_dropped_under_its_users(tmp_path: Path) -> None:
    async with Postgres(tmp_path, durable=False) as postgres:
        await _execute(await postgres.create_database("template"), "CREATE TABLE copied AS SELECT 7 AS id")
        copy = await postgres.create_database("copy", template="template")
        assert await _read(copy, "SELECT id FROM copied") == 7
        user = await asyncpg.connect(copy)
        await postgres.drop_database("copy")
        user.terminate()
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await asyncpg.connect(copy)


def test_an_address_before_the_first_start_is_refused() -> None:
    with pytest.raises(Unavailable, match="start it first"):
        _ = Postgres().dsn
