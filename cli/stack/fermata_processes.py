"""The processes of Fermata itself, as production runs them: migrate, setup, API and worker."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from cli.stack.child import Child, ChildCommand
from cli.stack.children import Children, run_to_end
from cli.stack.stack_report import StackKeys
from cli.stack.waiting import until
from fermata.errors import Unavailable

_SETUP_LIMIT = timedelta(seconds=120)
_READY_LIMIT = timedelta(seconds=60)


@dataclass(frozen=True)
class FermataProcesses:
    """Runs ``fermata`` commands as children.

    Args:
        children: Those that stay are added to it.
        logs: The folder for their logs.
        environment: All of their environment.
    """

    children: Children
    logs: Path
    environment: Mapping[str, str]

    async def set_up(self) -> StackKeys:
        """Brings the schema up to date, registers what Temporal has to know, and makes the first keys.

        Raises:
            Unavailable: One of them failed; the message holds the end of its log.
        """
        await run_to_end(self._command("migrate"), limit=_SETUP_LIMIT)
        printed = self.logs / "setup.json"
        try:
            await run_to_end(self._command("setup", "--json", output=printed), limit=_SETUP_LIMIT)
            return StackKeys.model_validate_json(printed.read_text(encoding="utf-8"))
        finally:
            printed.unlink(missing_ok=True)

    async def start(self, name: str) -> Child:
        """Starts a process that stays.

        Args:
            name: ``api`` or ``worker``.
        """
        return await self.children.start(self._command(name))

    async def wait_until_ready(self, api: str) -> None:
        """Waits until the API says that it can do its work.

        Args:
            api: Its base address.

        Raises:
            Unavailable: A child ended, or it was not ready in time.
        """
        async with httpx.AsyncClient(base_url=api, timeout=5) as client:
            ready = await until(lambda: self._ready_or_failed(client), limit=_READY_LIMIT)
        if failure := self.children.failure():
            raise failure
        if not ready:
            raise Unavailable(f"{api}/readyz is not ready after {_READY_LIMIT.total_seconds():.0f} s; see {self.logs}")

    async def _ready_or_failed(self, client: httpx.AsyncClient) -> bool:
        if self.children.failure() is not None:
            return True
        try:
            return (await client.get("/readyz")).is_success
        except httpx.HTTPError:
            return False

    def _command(self, name: str, *arguments: str, output: Path | None = None) -> ChildCommand:
        return ChildCommand(
            name=name,
            arguments=(sys.executable, "-m", "cli", name, *arguments),
            log=self.logs / f"{name}.log",
            output=output,
            environment=self.environment,
        )
