"""Runs in flight on a real server: begun under one code, and taken over by the workers of another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle, WorkflowHistory

from cli.stack.smtp_server import SmtpServer
from cli.stack.waiting import until
from fermata.channels import Templates, providers_from
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.journeys import JourneyEvent
from fermata.profiles.consent_links import ConsentLinks
from tests.people import Enrolled, enrol
from worker.skipped_time import workers_on_skipped_time
from workflows.cart_recovery import CartRecovery
from workflows.discovery import Journeys, discover
from workflows.journey import Journey
from workflows.operated import OperatorWord
from workflows.start import start_run

LIMIT = timedelta(seconds=120)
FIRST_WAIT, SECOND_WAIT = "wait 1 hour", "wait for product viewed, at most 1 day"
"""Where runs of cart recovery stand, as the search attribute ``FermataStep`` says it."""

SHIPPED = discover(("workflows.cart_recovery",))

_LINKS = ConsentLinks(SecretStr("a secret of the tests' own, long enough"), "http://127.0.0.1:8000")
_AT_A_TIME = 32
_KNOWN = "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)"


@dataclass
class Fleet:
    """Runs of cart recovery on a task queue of their own.

    Args:
        client: Of the server.
        pool: Of the ledger.
        smtp: Where their mails go.
        queue: The journeys' task queue.
        people: Whose runs they are.
    """

    client: Client
    pool: Pool
    smtp: SmtpServer
    queue: str = field(default_factory=lambda: f"{uuid4().hex}-journeys")
    people: list[Enrolled] = field(default_factory=list)

    @asynccontextmanager
    async def worked_by(self, journey: type[Journey] = CartRecovery) -> AsyncIterator[None]:
        """Workers with this code, until the block is left."""
        roster = providers_from(pool=self.pool, from_address="Fermata <hello@example.com>", smtp_url=self.smtp.url)
        journeys = Journeys({"cart_recovery": journey}, SHIPPED.template_roots)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(roster.aclose)
            working = workers_on_skipped_time(
                self.client,
                self.pool,
                journeys=journeys,
                roster=roster,
                templates=Templates(journeys.template_roots),
                ingest=Ingest(self.pool, journeys.registry),
                links=_LINKS,
                queue=self.queue,
            )
            await stack.enter_async_context(working)
            yield

    async def begin(self, number: int) -> None:
        """Enrols so many people whom mails reach, and begins their runs."""

        async def one(_: int) -> Enrolled:
            now = datetime.now(UTC)
            consent = {"email": {"marketing": "granted"}}
            person = await enrol(self.pool, at=now, addresses={"email": f"{uuid4().hex}@example.com"}, consent=consent)
            await self.pool.execute(_KNOWN, f"user of {person.profile_id}", person.profile_id, now)
            await start_run(self.client, person.entry, workflow_id=person.workflow_id, queue=self.queue)
            return person

        self.people = await _each(one, range(number))

    async def skip(self, people: list[Enrolled]) -> None:
        """Ends the wait that each of their runs is in."""
        word = OperatorWord(by="the test", why="to be further on")
        await _each(lambda person: self._handle(person).execute_update("skip", word), people)

    async def tell(self, people: list[Enrolled], event: str) -> None:
        """Has something happen to each of them."""

        async def one(person: Enrolled) -> None:
            happened = JourneyEvent(id=uuid4(), name=event, occurred_at=datetime.now(UTC))
            await self._handle(person).signal("event", happened)

        await _each(one, people)

    async def history(self, person: Enrolled) -> WorkflowHistory:
        """What somebody's run has done."""
        return await self._handle(person).fetch_history()

    async def stand_at(self, step: str, number: int) -> bool:
        """Waits until so many of the runs stand at a step."""
        there = f"TaskQueue = '{self.queue}' AND ExecutionStatus = 'Running' AND FermataStep = '{step}'"

        async def counted() -> bool:
            return (await self.client.count_workflows(there)).count == number

        return await until(counted, limit=LIMIT, every=timedelta(milliseconds=100))

    async def all_end(self) -> bool:
        """Waits until the ledger has the end of every run."""

        async def ended() -> bool:
            return bool(await self.pool.fetchval("SELECT bool_and(ended_at IS NOT NULL) FROM journey_runs"))

        return await until(ended, limit=LIMIT, every=timedelta(milliseconds=100))

    def _handle(self, person: Enrolled) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(person.workflow_id)


async def _each(one: Callable[[Any], Awaitable[Any]], those: Any) -> list[Any]:
    few = asyncio.Semaphore(_AT_A_TIME)

    async def soon(each: Any) -> Any:
        async with few:
            return await one(each)

    return await asyncio.gather(*map(soon, those))
