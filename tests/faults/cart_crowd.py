"""People with a cart, all at once: their runs are started, and what stands in their scripts happens to them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from fermata.database import Pool
from fermata.journeys import JourneyEvent, Outcome
from tests.faults.cart_crew import Progress
from tests.faults.cart_script import Happening, Script
from tests.people import Enrolled, enrol, store_event
from workflows.operated import OperatorWord
from workflows.start import start_run

_AT_ONCE = 48
"""To so many runs something happens in the same moment."""

_AFTERWARDS = timedelta(days=6)


@dataclass(frozen=True)
class _Part:
    person: Enrolled
    script: Script
    run: WorkflowHandle[Any, Any]


class Crowd:
    """Many people, each with a run.

    Args:
        pool: Where they are written.
        client: Of a Temporal that skips time.
        queue: The journeys' task queue.
        begun: When all runs begin, on paper; they are a little late.
    """

    def __init__(self, pool: Pool, client: Client, queue: str, begun: datetime) -> None:
        self._pool, self._queue, self._begun = pool, queue, begun
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=10_000))
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._parts: list[_Part] = []

    @property
    def people(self) -> list[Enrolled]:
        """In the order of their scripts."""
        return [part.person for part in self._parts]

    async def begin(self, scripts: Sequence[Script]) -> None:
        """Starts everybody's run."""
        with self._skipper.with_time_skipping_disabled():
            self._parts = await asyncio.gather(*(self._start(place, script) for place, script in enumerate(scripts)))

    async def play(self, progress: Progress) -> list[Outcome]:
        """Lets everything happen, to all of them side by side, and returns how their runs ended."""
        return await asyncio.gather(*(self._play(part, progress) for part in self._parts))

    async def _start(self, place: int, script: Script) -> _Part:
        addresses = {"push": f"token-{place}", "email": f"person-{place}@example.com", "sms": f"+44207{place:07d}"}
        answers = {channel: "revoked" if channel in script.refused else "granted" for channel in addresses}
        async with self._turns:
            person = await enrol(
                self._pool,
                at=self._begun,
                time_zone=script.time_zone,
                country=None,
                addresses={channel: addresses[channel] for channel in sorted(script.addresses)},
                consent={channel: {"marketing": answer} for channel, answer in answers.items()},
            )
            run = await start_run(self._skipper.client, person.entry, workflow_id=person.workflow_id, queue=self._queue)
        return _Part(person, script, run)

    async def _play(self, part: _Part, progress: Progress) -> Outcome:
        left = len(part.script.happenings) + 1
        ahead = timedelta(0)  # so far is the run's clock ahead of ours
        event: JourneyEvent | None = None
        with _while_it_is_under_way():
            for each in part.script.happenings:
                async with self._turns:
                    ahead = await self._let_pass(part.run, self._begun + each.after, ahead)
                    event = await self._happen(part, each, event)
                left -= 1
                await progress.advance(1)
            async with self._turns:
                await self._skipper.fast_forward(part.run, _AFTERWARDS)
        outcome = Outcome.model_validate(await part.run.result())
        await progress.advance(left)
        return outcome

    async def _let_pass(self, run: WorkflowHandle[Any, Any], until: datetime, ahead: timedelta) -> timedelta:
        """Lets a run's time pass until an instant on paper, and returns how far its clock is ahead then."""
        passes = until - datetime.now(UTC) - ahead
        if passes > timedelta(0):
            await self._skipper.fast_forward(run, passes)
            return until - datetime.now(UTC)
        return ahead

    async def _happen(self, part: _Part, happening: Happening, last: JourneyEvent | None) -> JourneyEvent | None:
        """Has one thing happen, and returns the last event."""
        if happening.act in ("pause", "resume"):
            await part.run.execute_update(happening.act, OperatorWord(by="grace"))
            return last
        event = last
        if happening.act != "again" or event is None:
            at = self._begun - timedelta(hours=1) if happening.act == "late" else datetime.now(UTC)
            event = await store_event(self._pool, part.person.profile_id, happening.event, at)
        await part.run.signal("event", event)
        return event


@contextmanager
def _while_it_is_under_way() -> Iterator[None]:
    """What would happen to a run that has ended does not."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
