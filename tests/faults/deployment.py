"""A deployment to be broken: real servers on files, roads between them, the API and two workers, kept alive."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import httpx

from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.provider_server import ProviderServer
from cli.stack.smtp_server import SmtpServer
from cli.stack.temporal_server import TemporalServer
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import open_pool
from fermata.database.migrate import migrate
from fermata.ledger.policies import put_in_force
from tests.faults.kept_alive import KeptAlive, Nursery
from tests.faults.nursery import Birth
from tests.faults.tcp_proxy import TcpProxy
from workflows.search_attributes import ALL

_READY_LIMIT = timedelta(seconds=90)
_ANSWER = timedelta(milliseconds=60)
"""How long a provider has a message before it says yes: workers must be able to die in between."""

POLICY = """
version = 1
[channels.push]
window = "always"
caps = [{ limit = 3, per = "1d" }]
when_capped = "drop"
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
when_capped = "drop"
[channels.sms]
window = "always"
caps = [{ limit = 1, per = "1d" }]
when_capped = "drop"
[cross_channel]
channels = ["email", "sms", "push"]
caps = [{ limit = 4, per = "1d" }]
"""
"""The default policy's caps, and no windows: whatever o'clock it is, the same is foretold."""


class Deployment:
    """All of Fermata, while the block lasts.

    Args:
        pace: Of the journeys.
        settings: Added to the environment of API and workers.
        postgres_home: The folder of Postgres' files; None for a throw-away one.
    """

    def __init__(
        self, *, pace: int, postgres_home: Path | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self._pace, self._settings = pace, settings or {}
        self._open = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="fermata-faults-"))
        self.postgres = Postgres(postgres_home)
        self.temporal = TemporalServer(
            database=self.folder / "temporal.db", log=self.folder / "temporal.log", search_attributes=ALL
        )
        self.provider, self.smtp = ProviderServer(), SmtpServer()
        self.roads = {
            "postgres": TcpProxy(lambda: self.postgres.port),
            "temporal": TcpProxy(lambda: self.temporal.port),
            "provider": TcpProxy(lambda: self.provider.port),
            "smtp": TcpProxy(lambda: self.smtp.port),
        }
        self.processes: dict[str, KeptAlive] = {}
        self.fate = self.folder / "fate"
        self.write_key = ""
        self._api_port = free_port()

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
    def api(self) -> str:
        """The base address of the API."""
        return f"http://{LOOPBACK}:{self._api_port}"

    def own(self, process: str) -> Path:
        """The folder of one process, where its clock lies."""
        return self.folder / process

    async def is_ready(self) -> bool:
        """Whether the API can do its work at this moment."""
        try:
            async with httpx.AsyncClient(base_url=self.api, timeout=5) as client:
                return (await client.get("/readyz")).is_success
        except httpx.HTTPError:
            return False

    async def _start(self) -> None:
        self._open.callback(shutil.rmtree, self.folder, ignore_errors=True)
        nursery = await self._open.enter_async_context(Nursery())
        await asyncio.gather(self._start_postgres(), self._open.enter_async_context(self.temporal), nursery.is_ready())
        self.provider.ledger.delay = _ANSWER
        await self._open.enter_async_context(self.provider)
        await self._open.enter_async_context(self.smtp)
        for road in self.roads.values():
            await self._open.enter_async_context(road)
        self.fate.mkdir()
        for name in ("api", "worker 1", "worker 2"):
            self._keep(nursery, name, "api" if name == "api" else "worker")
        if not await until(self.is_ready, limit=_READY_LIMIT):
            logs = "\n".join(file.read_text()[-2000:] for file in sorted(self.folder.glob("*.log")))
            raise RuntimeError(f"the deployment is not ready after {_READY_LIMIT.total_seconds():.0f} s:\n{logs}")

    async def _start_postgres(self) -> None:
        await self._open.enter_async_context(self.postgres)
        await migrate(self.postgres.dsn)
        async with open_pool(self.postgres.dsn, most=2) as pool, pool.acquire() as connection:
            await put_in_force(connection, POLICY, author="ada", at=datetime.now(UTC) - timedelta(days=1))
            self.write_key = (await first_keys(connection))["write"]

    def _keep(self, nursery: Nursery, name: str, kind: Literal["api", "worker"]) -> None:
        self.own(name).mkdir()
        birth = Birth(
            kind=kind,
            environment=self._environment(),
            log=self.folder / f"{name}.log",
            fate=self.fate,
            own=self.own(name),
        )
        self.processes[name] = KeptAlive(nursery, birth)
        keeping = asyncio.create_task(self.processes[name].keep())
        self._open.callback(keeping.cancel)

    def _environment(self) -> Mapping[str, str]:
        by_road = {name: f"{LOOPBACK}:{road.port}" for name, road in self.roads.items()}
        return {
            "FERMATA_DATABASE_URL": self.postgres.dsn.replace(f"{LOOPBACK}:{self.postgres.port}", by_road["postgres"]),
            "FERMATA_DATABASE_CONNECTIONS": "8",
            "TEMPORAL_ADDRESS": by_road["temporal"],
            "FERMATA_PUSH_URL": f"http://{by_road['provider']}/push",
            "FERMATA_SMS_URL": f"http://{by_road['provider']}/sms",
            "FERMATA_SMTP_URL": f"smtp://{by_road['smtp']}",
            "FERMATA_JOURNEYS": "tests.faults.parcel,workflows.cart_recovery",
            "FERMATA_PACE": str(self._pace),
            "FERMATA_SECRET_KEY": "a secret of the tests' own, long enough",
            "FERMATA_PUBLIC_URL": self.api,
            "FERMATA_API_HOST": LOOPBACK,
            "FERMATA_API_PORT": str(self._api_port),
            **self._settings,
        }
