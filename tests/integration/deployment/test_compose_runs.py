"""The compose file's own commands, in its order, with its environment and its health checks, on local packages.

Containers need an engine. What runs in those of Fermata is ``fermata COMMAND`` with what the image installs: so it is
run here, with nothing else importable and no variable but the file's. Its Postgres and Temporal are the embedded ones.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from packaging.utils import canonicalize_name

from cli.stack.child import Child, ChildCommand
from cli.stack.ports import free_port
from cli.stack.postgres import Postgres
from cli.stack.postgres_binaries import find_binaries
from cli.stack.temporal_server import TemporalServer
from deploy.closure import closure, declared
from tests.unit.deployment.compose_file import ComposeFile, Service, read_compose_file

_AS_IN_THE_IMAGE = str(Path(__file__).with_name("as_in_the_image.py"))
_PATIENCE = 30.0  # seconds
_BETWEEN = 0.5  # seconds; the file says longer, and a test would wait


class Machine:
    """Runs the services of the file, one after the other, as Compose would.

    Args:
        compose: The file.
        places: What stands for names and ports of the file's network.
        folder: Of the logs; the processes run in it.
    """

    def __init__(self, compose: ComposeFile, places: dict[str, str], folder: Path) -> None:
        self.compose, self._places, self._folder = compose, places, folder
        self.running: dict[str, Child] = {}

    async def run(self, name: str) -> str:
        """Starts a service of Fermata; waits until it has ended well, or is healthy by its own check.

        Returns:
            What it has printed.
        """
        service = self.compose.services[name]
        child = await Child.start(self._command(name, service, "cli", *service.command))
        output = self._folder / f"{name}.out"
        if service.ends:
            assert await asyncio.wait_for(child.wait(), _PATIENCE) == 0, child.last_lines()
        else:
            self.running[name] = child
            async with asyncio.timeout(_PATIENCE):
                while await self.check(name) != 0:
                    assert child.status is None, child.last_lines()
                    await asyncio.sleep(_BETWEEN)
        return output.read_text()

    @property
    def api(self) -> str:
        """Where the API is, which the file publishes."""
        return f"http://127.0.0.1:{self._places['8000']}"

    async def postgres_is_ready(self) -> bool:
        """Runs the health check of the database, by the same program."""
        check = self.compose.services["postgres"].healthcheck
        assert check is not None
        how, program, *words = check.test
        assert how == "CMD"
        host, _, port = self._places["postgres:5432/fermata"].partition("/")[0].partition(":")
        command = ChildCommand(
            name=program,
            arguments=(str(find_binaries().folder / program), *words),
            log=self._folder / "postgres-check.log",
            environment={"PGHOST": host, "PGPORT": port},
        )
        return await (await Child.start(command)).wait() == 0

    def started_by_itself(self, name: str) -> bool:
        """Whether a service is one of Fermata's, and started without being asked for."""
        return self.compose.services[name].build is not None and not self.compose.services[name].profiles

    async def examine(self) -> list[dict[str, str]]:
        """What the doctor of the file finds."""
        service = self.compose.services["doctor"]
        child = await Child.start(self._command("doctor", service, "cli", *service.command, "--json"))
        await asyncio.wait_for(child.wait(), _PATIENCE)
        findings: list[dict[str, str]] = json.loads((self._folder / "doctor.out").read_text())["findings"]
        return findings

    async def check(self, name: str) -> int:
        """Runs a service's health check, and returns its exit status."""
        service = self.compose.services[name]
        assert service.healthcheck is not None
        how, *words = service.healthcheck.test
        assert how == "CMD"
        assert words[:2] == ["python", "-m"]
        check = await Child.start(self._command(f"{name}-check", service, *words[2:]))
        return await check.wait()

    def _command(self, name: str, service: Service, module: str, *arguments: str) -> ChildCommand:
        environment = {key: self._here(value) for key, value in service.environment.items() if value is not None}
        environment |= {"ABSENT": self._places["absent"], "PATH": os.defpath, "HOME": str(self._folder)}
        words = (_AS_IN_THE_IMAGE, module, *(self._here(each) for each in arguments))
        return ChildCommand(
            name=name,
            arguments=(sys.executable, *words),
            log=self._folder / f"{name}.log",
            output=self._folder / f"{name}.out",
            environment=environment,
            directory=self._folder,
        )

    def _here(self, text: str) -> str:
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text


def _absent() -> str:
    """The modules of what is installed here and not in the image."""
    there = {*closure(declared()), "fermata", "pip", "setuptools"}
    owners = packages_distributions()
    return ",".join(name for name, of in owners.items() if {canonicalize_name(each) for each in of}.isdisjoint(there))


@pytest.fixture
async def machine(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Machine]:
    name = f"test_{uuid4().hex}"
    address = urlsplit(await postgres.create_database(name))
    compose = read_compose_file(
        {
            "POSTGRES_PASSWORD": address.password or "",
            "FERMATA_APP_PASSWORD": uuid4().hex,
            "FERMATA_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
            "FERMATA_PUBLIC_URL": "https://fermata.example.com",
            "FERMATA_SECRET_KEY": uuid4().hex,
        }
    )
    async with TemporalServer() as temporal:
        places = {
            "postgres:5432/fermata": f"127.0.0.1:{address.port}/{name}",
            "temporal:7233": temporal.address,
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what stands in the file
            "8000": str(free_port()),
            "8001": str(free_port()),
            "absent": _absent(),
        }
        machine = Machine(compose, places, tmp_path)
        try:
            yield machine
        finally:
            for child in machine.running.values():
                await child.kill()
    await postgres.drop_database(name)


async def test_it_starts_in_order_is_healthy_by_its_checks_takes_events_and_stops_in_time(machine: Machine) -> None:
    compose = machine.compose
    assert await machine.postgres_is_ready()
    said = {name: await machine.run(name) for name in compose.order() if machine.started_by_itself(name)}
    assert set(said) >= {"migrate", "roles", "setup", "api", "worker"}
    write_key = next(line.split()[-1] for line in said["setup"].splitlines() if line.startswith("Write key"))
    async with httpx.AsyncClient(base_url=machine.api) as client:
        event = {"userId": "ada", "event": "Product Added", "messageId": uuid4().hex}
        answer = await client.post("/v1/track", json=event, auth=(write_key, ""))
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    wrong = {each["check"] for each in await machine.examine() if each["level"] == "fail"}
    assert wrong == {"postgres durability"}, "the Postgres of the tests gives up the disk for speed"
    for name, child in machine.running.items():
        limit = timedelta(seconds=int(compose.services[name].stop_grace_period.removesuffix("s")))
        assert await child.stop(limit) == 0, child.last_lines()
    assert await machine.check("api") == 1, "who is gone is not healthy"
