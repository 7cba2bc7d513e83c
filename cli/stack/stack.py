"""The whole of Fermata on one machine: servers, API and worker, brought up in order and ended in reverse."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.stack.child import Child, ChildCommand
from cli.stack.children import Children
from cli.stack.fermata_processes import FermataProcesses
from cli.stack.folder_lock import FolderLock
from cli.stack.mailbox import count_mail
from cli.stack.ports import LOOPBACK, check_free, free_port
from cli.stack.postgres import Postgres
from cli.stack.secret_key import secret_key_in
from cli.stack.stack_options import StackOptions
from cli.stack.stack_report import StackKeys, StackReport, write_secret
from cli.stack.temporal_server import TemporalServer
from cli.stack.waiting import in_thread, is_listening, until
from fermata.errors import Unavailable
from workflows.search_attributes import ALL

_START_LIMIT = timedelta(seconds=60)
_STOP_LIMIT = timedelta(seconds=15)
_WALKED_THROUGH = 0o711  # by Postgres, which root runs as another user; the files in it are our own
_CLOSED = 0o700


class Stack:
    """A running stack.

    ``async with Stack(StackOptions()) as stack: print(stack.report.api)``

    When its block ends, however it does, nothing of it is left running. ``wait_for_failure`` tells when a part dies.

    Args:
        options: What to bring up, and where.
        tell: Called with a line on what happens now, for whoever watches.
    """

    def __init__(self, options: StackOptions, *, tell: Callable[[str], None] = lambda _: None) -> None:
        self._options, self._tell = options, tell
        self._open = AsyncExitStack()
        self._children = Children()
        self._processes: FermataProcesses | None = None
        self._worker: Child | None = None
        self._report: StackReport | None = None
        self._written: Path | None = None
        self.folder = Path()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @property
    def report(self) -> StackReport:
        """Where its parts are."""
        if self._report is None:
            raise Unavailable("this stack is not up; use it inside its `async with` block")
        return self._report

    @property
    def mailbox(self) -> Path:
        """The folder where the SMTP server writes what it receives, one ``.eml`` file a message."""
        return self.folder / "mail"

    @property
    def logs(self) -> Path:
        """The folder with the logs of its parts."""
        return self.folder / "logs"

    def mail_received(self) -> int:
        """How many messages the SMTP server has really received."""
        return count_mail(self.mailbox)

    async def wait_for_failure(self) -> Unavailable:
        """Waits until a part ends that nobody stopped, and returns the error that tells which and why."""
        return await self._children.wait_for_failure()

    async def kill_worker(self) -> None:
        """Kills the worker with SIGKILL, as a crash would."""
        if self._worker is not None:
            self._children.release(self._worker)
            await self._worker.kill()
            self._worker = None

    async def start_worker(self, **environment: str) -> None:
        """Starts a worker again, after ``kill_worker``.

        Args:
            environment: Added to that of the others.
        """
        if self._processes is None:
            raise Unavailable("this stack is not up; use it inside its `async with` block")
        processes = replace(self._processes, environment={**self._processes.environment, **environment})
        self._worker = await processes.start("worker")
        if self._report is not None:
            self._publish(self._report.model_copy(update={"pids": self._children.pids}))

    async def _start(self) -> None:
        self._check_ports()
        await self._take_folder()
        database = await self._start_postgres()
        api_port = self._options.api_port or free_port()
        api = f"http://{LOOPBACK}:{api_port}"
        temporal, ui = await self._start_temporal(api)
        self._open.push_async_callback(self._children.stop, _STOP_LIMIT)
        self._tell("Starting the SMTP server and the stand-in for push and SMS")
        smtp = await self._start_server("smtp", self._options.smtp_port, "--mailbox", str(self.mailbox))
        provider = await self._start_server("provider", 0)
        report = StackReport(
            api=api,
            temporal=temporal,
            ui=ui,
            database=database,
            smtp=f"smtp://{LOOPBACK}:{smtp}",
            provider=f"http://{LOOPBACK}:{provider}",
            pid=os.getpid(),
        )
        keys = await self._start_fermata(report, api_port)
        self._publish(report.model_copy(update={**keys.model_dump(), "pids": self._children.pids}))

    def _check_ports(self) -> None:
        check_free(self._options.api_port, "--api-port")
        check_free(self._options.smtp_port, "--smtp-port")
        if self._options.temporal_address is None:
            check_free(self._options.temporal_port, "--temporal-port")
            check_free(self._options.ui_port, "--ui-port")

    async def _take_folder(self) -> None:
        if self._options.data_dir is not None:
            self.folder = self._options.data_dir.resolve()
            self.folder.mkdir(mode=_WALKED_THROUGH, parents=True, exist_ok=True)
            self._open.callback(FolderLock.take(self.folder, used_by="fermata dev").release)
            self._written = self.folder / "stack.json"
        if self._options.data_dir is None or self._options.ephemeral:
            self.folder = Path(tempfile.mkdtemp(prefix="fermata-"))
            self.folder.chmod(_WALKED_THROUGH)
            self._open.push_async_callback(in_thread, shutil.rmtree, self.folder, ignore_errors=True)
        for part in (self.logs, self.mailbox, self.folder / "temporal"):
            part.mkdir(mode=_CLOSED, exist_ok=True)

    async def _start_postgres(self) -> str:
        if self._options.database_url is not None:
            return self._options.database_url
        self._tell("Starting Postgres")
        postgres = await self._open.enter_async_context(Postgres(self.folder / "postgres"))
        self._children.watch(postgres.child)
        return postgres.dsn

    async def _start_temporal(self, api: str) -> tuple[str, str | None]:
        if self._options.temporal_address is not None:
            return self._options.temporal_address, None
        self._tell("Starting Temporal")
        server = TemporalServer(
            database=self.folder / "temporal" / "temporal.db",
            log=self.logs / "temporal.log",
            port=self._options.temporal_port,
            ui=self._options.ui,
            ui_port=self._options.ui_port,
            codec=f"{api}/codec" if self._is_encrypted() else None,
            search_attributes=ALL,
        )
        temporal = await self._open.enter_async_context(server)
        self._children.watch(temporal.child)
        return temporal.address, temporal.ui_url or None

    def _is_encrypted(self) -> bool:
        return bool({**os.environ, **self._options.environment}.get("FERMATA_MASTER_KEYS"))

    async def _start_server(self, name: str, port: int, *arguments: str) -> int:
        """Starts one of our own servers as a child, and returns its port."""
        port = port or free_port()
        command = ChildCommand(
            name=name,
            arguments=(sys.executable, "-m", f"cli.stack.{name}_server", "--port", str(port), *arguments),
            log=self.logs / f"{name}.log",
        )
        child = await self._children.start(command)

        async def listens_or_ended() -> bool:
            return child.status is not None or await is_listening(port)

        if not await until(listens_or_ended, limit=_START_LIMIT) or child.status is not None:
            raise child.failure(f"does not listen on port {port}")
        return port

    async def _start_fermata(self, report: StackReport, api_port: int) -> StackKeys:
        self._tell("Preparing the database and Temporal")
        environment = {
            "FERMATA_SECRET_KEY": secret_key_in(self.folder),
            "FERMATA_PUBLIC_URL": report.api,
            **({"FERMATA_TEMPORAL_UI": report.ui} if report.ui else {}),
            **os.environ,
            "FERMATA_DATABASE_URL": report.database,
            "TEMPORAL_ADDRESS": report.temporal,
            "FERMATA_SMTP_URL": report.smtp,
            "FERMATA_PUSH_URL": f"{report.provider}/push",
            "FERMATA_SMS_URL": f"{report.provider}/sms",
            "FERMATA_API_HOST": LOOPBACK,
            "FERMATA_API_PORT": str(api_port),
            **self._options.environment,
        }
        self._processes = FermataProcesses(children=self._children, logs=self.logs, environment=environment)
        # Kept before anything else can fail: they are shown once.
        keys = self._remember(await self._processes.set_up())
        self._tell("Starting the API and the worker")
        await self._processes.start("api")
        await self.start_worker()
        await self._processes.wait_until_ready(report.api)
        return keys

    def _remember(self, keys: StackKeys) -> StackKeys:
        """Keys are shown once, when they are made: later starts on these files find them here."""
        kept = self.folder / "keys.json"
        if keys.write_key is not None:
            write_secret(kept, keys)
        elif kept.exists():
            return StackKeys.model_validate_json(kept.read_text(encoding="utf-8"))
        return keys

    def _publish(self, report: StackReport) -> None:
        written = self._written or self.folder / "stack.json"
        if self._report is None:
            self._open.callback(written.unlink, missing_ok=True)
        self._report = report
        write_secret(written, report)
