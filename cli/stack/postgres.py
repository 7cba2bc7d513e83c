"""A real Postgres on loopback, run by us: on files that stay or on throw-away ones, as root and as an ordinary user."""

import asyncio
import shutil
import signal
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from cli.stack.child import Child, ChildCommand
from cli.stack.folder_lock import FolderLock
from cli.stack.memory_folder import memory_folder
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres_cluster import SUPERUSER, PostgresCluster, prepare_cluster
from cli.stack.postgres_orphan import end_orphan
from cli.stack.waiting import in_thread
from fermata.errors import Unavailable

_START_LIMIT = timedelta(seconds=60)  # recovery after a crash may take a while
_STOP_LIMIT = timedelta(seconds=30)
_POLL = timedelta(milliseconds=20)
_DATABASE = "fermata"
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_SETTINGS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=.",  # in the data directory: a short path, however long that of the directory is
    "max_connections=300",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    "logging_collector=off",
)


class Postgres:
    """A Postgres of our own.

    ``async with Postgres(home) as pg: await asyncpg.connect(pg.dsn)``

    It is our direct child, not a daemon that ``pg_ctl`` leaves behind: so it ends with us, also when we are killed.
    It can be stopped or killed and started again, on the same port.

    Args:
        home: The folder of its files, which stay; None for a throw-away folder, removed at the end.
        port: Where it listens on 127.0.0.1; 0 takes a free port.
        durable: False gives up the safety of the disk for speed: for tests only.
    """

    def __init__(self, home: Path | None = None, *, port: int = 0, durable: bool = True) -> None:
        self._wanted_home, self._wanted_port, self._durable = home, port, durable
        self._throw_away: Path | None = None
        self._lock: FolderLock | None = None
        self._cluster: PostgresCluster | None = None
        self._child: Child | None = None
        self.port = port

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def dsn(self) -> str:
        """The address of the database ``fermata``, with its password: ``postgresql://…``."""
        return self.dsn_of(_DATABASE)

    @property
    def child(self) -> Child:
        """The running server's process."""
        if self._child is None:
            raise Unavailable("this Postgres is not running; start it first")
        return self._child

    def dsn_of(self, database: str) -> str:
        """The address of one of its databases, with its password.

        Args:
            database: A name of letters, digits and underscores.
        """
        if self._cluster is None:
            raise Unavailable("this Postgres was never started, and has no address yet; start it first")
        return f"postgresql://{SUPERUSER}:{self._cluster.password}@{LOOPBACK}:{self.port}/{database}"

    async def start(self) -> None:
        """Starts it, makes its files when there are none, and waits until it takes connections.

        Raises:
            ConfigurationError: There is no Postgres here, its files are of another version or in use.
            Unavailable: It did not start; the message holds the end of its log.
        """
        if self._cluster is None:
            self._cluster = await in_thread(self._prepare)
        await end_orphan(self._cluster.data)
        deadline = asyncio.get_running_loop().time() + _START_LIMIT.total_seconds()
        while True:
            self.port = self.port or free_port()
            self._child = await Child.start(self._command(self._cluster))
            if await self._answers(self._child, deadline):
                break
            await self._child.kill()
            self._let_try_again(self._child)
            await asyncio.sleep(_POLL.total_seconds())
        await self._ensure_database()

    async def stop(self) -> None:
        """Stops it cleanly: running statements are ended, what was committed is on the disk."""
        if self._child is not None:
            await self._child.stop(_STOP_LIMIT)
            self._child = None

    async def kill(self) -> None:
        """Kills it with SIGKILL, as a crash would. ``start`` brings it back."""
        await self.child.kill()
        self._child = None

    async def close(self) -> None:
        """Stops it for good, and removes what is not to stay."""
        await self.stop()
        if self._throw_away is not None:
            await in_thread(shutil.rmtree, self._throw_away, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
        self._throw_away = self._lock = self._cluster = None

    async def create_database(self, name: str, *, template: str | None = None) -> str:
        """Makes a database, and returns its address.

        Args:
            name: A name of letters, digits and underscores.
            template: The database to copy, to which nobody may be connected; None for an empty one.
        """
        # Files are copied as files: for a small template half the work of writing every page to the log.
        copied = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        await self._execute(f'CREATE DATABASE "{name}"{copied}')
        return self.dsn_of(name)

    async def drop_database(self, name: str) -> None:
        """Removes a database, and ends the connections to it.

        Args:
            name: Its name.
        """
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _prepare(self) -> PostgresCluster:
        home = self._wanted_home
        if home is None:
            folder = None if self._durable else memory_folder()
            home = self._throw_away = Path(tempfile.mkdtemp(prefix="fermata-postgres-", dir=folder))
        home = home.resolve()
        self._lock = FolderLock.take(home, used_by="Postgres of Fermata")
        return prepare_cluster(home, durable=self._durable)

    def _command(self, cluster: PostgresCluster) -> ChildCommand:
        settings = [*_SETTINGS, f"port={self.port}"]
        if not self._durable:
            settings.extend(_NOT_DURABLE)
        return ChildCommand(
            name="postgres",
            arguments=(
                str(cluster.binaries.folder / "postgres"),
                *("-D", cluster.data_argument),
                *(part for setting in settings for part in ("-c", setting)),
            ),
            log=cluster.log,
            environment=cluster.environment,
            directory=cluster.data,
            user=cluster.user,
            stop_signal=signal.SIGINT,  # Postgres' fast shutdown
            orphan_signal=signal.SIGINT,
        )

    async def _answers(self, child: Child, deadline: float) -> bool:
        """Waits until the server takes connections. False when it ended instead."""
        loop = asyncio.get_running_loop()
        while child.status is None:
            try:
                await self._execute("SELECT 1", patience=timedelta(seconds=2))
            except (OSError, TimeoutError, asyncpg.PostgresError):
                if loop.time() > deadline:
                    await child.kill()
                    raise child.failure(f"took no connections within {_START_LIMIT.total_seconds():.0f} s") from None
                await asyncio.sleep(_POLL.total_seconds())
            else:
                return True
        return False

    def _let_try_again(self, child: Child) -> None:
        """Raises unless what kept the server from starting passes."""
        lines = child.last_lines()
        if "Address already in use" in lines and self._wanted_port == 0:
            self.port = 0  # somebody took the port between our choice and the start
        elif "pre-existing shared memory block" not in lines:  # the processes of a killed server are still ending
            raise child.failure(f"ended with status {child.status} instead of starting")

    async def _ensure_database(self) -> None:
        with suppress(asyncpg.DuplicateDatabaseError):
            await self.create_database(_DATABASE)

    async def _execute(self, statement: str, *, patience: timedelta = timedelta(seconds=30)) -> None:
        connection = await asyncpg.connect(self.dsn_of("postgres"), timeout=patience.total_seconds())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
