"""Compares how soon a run reacts to an event with a direct signal; and how soon a text is out when it is due."""

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from cli.bench.by_hand.activities import TABLE, HandWritten
from cli.bench.by_hand.cart import LeftCart
from cli.bench.by_hand.text import BareText
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.pairs import Measure, Tell, in_pairs
from cli.bench.sizes import Sizes
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.database import Pool, open_pool
from fermata.errors import Unavailable
from fermata.journeys import JourneyEvent
from fermata.ledger.policies import put_in_force
from worker.plugin import fermata_plugin

COMPARES = "From the request to the run's reaction, beside a direct signal; from a timer's due time to the provider."
_PACE = 7200.0  # an hour in half a second
_EACH = 4  # people of one measurement, one after the other; the median counts
_ALL_ALLOWED = "version = 1\n"
_QUEUE = "bare"
_SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
_TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED
_LIMIT = timedelta(seconds=60)
_TRAITS = {"phone": "+442071838750", "timezone": "Europe/London", "consent": {"sms": {"marketing": "granted"}}}
_RUN = """
SELECT runs.workflow_id FROM journey_runs AS runs JOIN identities USING (profile_id)
WHERE identities.kind = 'user_id' AND identities.value = $1
"""


@dataclass(frozen=True)
class _Parts:
    """What both are measured on."""

    client: Client
    pool: Pool
    api: httpx.AsyncClient
    provider: httpx.AsyncClient


async def bench_latency(sizes: Sizes, tell: Tell) -> Findings:
    """Measures on one embedded stack, through the API and the worker as processes, one person after the other.

    All instants are the server's and this machine's, which share a clock.

    Args:
        sizes: ``pairs`` is heeded.
        tell: Told how far it is.
    """
    async with _parts(tell) as parts:
        comparisons = (await _reaction(parts, sizes, tell), await _lateness(parts, sizes, tell))
    return Findings(name="latency", compares=COMPARES, comparisons=comparisons)


@asynccontextmanager
async def _parts(tell: Tell) -> AsyncIterator[_Parts]:
    options = StackOptions(
        ui=False,
        environment={"FERMATA_PACE": str(_PACE), "FERMATA_JOURNEYS": "workflows.cart_recovery,cli.bench.journeys"},
        database_url=None,
        temporal_address=None,
    )
    async with (
        Stack(options, tell=lambda sentence: tell(sentence, 0, 0)) as stack,
        open_pool(stack.report.database, most=4) as pool,
        httpx.AsyncClient(base_url=stack.report.api, auth=(stack.report.write_key or "", "")) as api,
        httpx.AsyncClient(base_url=stack.report.provider) as provider,
    ):
        async with pool.acquire() as connection:
            await connection.execute(TABLE)
            await put_in_force(connection, _ALL_ALLOWED, author="fermata bench", at=datetime.now(UTC))
        client = await Client.connect(stack.report.temporal, plugins=[fermata_plugin()])
        by_hand = HandWritten(pool, stack.report.smtp, provider)
        activities = [by_hand.decide, by_hand.send]
        async with Worker(client, task_queue=_QUEUE, workflows=[BareText], activities=activities):
            yield _Parts(client, pool, api, provider)


async def _reaction(parts: _Parts, sizes: Sizes, tell: Tell) -> Comparison:
    """A run that waits for its goal gets it: from Temporal's client, and through the API."""

    async def directly(user: str, run: WorkflowHandle[Any, Any]) -> None:
        del user
        event = JourneyEvent(id=uuid4(), name="Order Completed", occurred_at=datetime.now(UTC))
        await run.signal("event", event)

    async def through_the_api(user: str, run: WorkflowHandle[Any, Any]) -> None:
        del run
        await _track(parts.api, user, "Order Completed")

    async def one(user: str, say: Any) -> float:  # noqa: ANN401 - one of the two above
        run = await _begun(parts, user, "Reference Wait Begun")
        began = datetime.now(UTC)
        await say(user, run)
        await run.result()
        return _milliseconds(_reacted_at(await _history(run)) - began)

    def measure(say: Any) -> Measure[float]:  # noqa: ANN401 - one of the two above
        async def once() -> float:
            return statistics.median([await one(user, say) for user in await _people(parts.api)])

        return once

    what = "from the request to the run's reaction"
    pairs = await in_pairs(measure(directly), measure(through_the_api), pairs=sizes.pairs, what=what, tell=tell)
    target = Target(direction="at most", bound=2)
    return compare(what, "ms, median", beside="a direct signal", pairs=pairs, target=target)


async def _lateness(parts: _Parts, sizes: Sizes, tell: Tell) -> Comparison:
    """A wait ends, and a text is to go."""

    async def by_hand() -> float:
        return statistics.median([await _late_by_hand(parts) for _ in range(_EACH)])

    async def ours() -> float:
        return statistics.median([await _late(parts, user) for user in await _people(parts.api)])

    what = "from a timer's due time to the provider's receipt"
    pairs = await in_pairs(by_hand, ours, pairs=sizes.pairs, what=what, tell=tell)
    return compare(what, "ms, median", beside="a workflow by hand, which asks one cap", pairs=pairs)


async def _late_by_hand(parts: _Parts) -> float:
    person = str(uuid4())
    run = await parts.client.start_workflow(
        BareText.run, LeftCart(person, _PACE), id=f"bare_text/{person}", task_queue=_QUEUE, execution_timeout=_LIMIT
    )
    return await _after_due(parts, run)


async def _late(parts: _Parts, user: str) -> float:
    return await _after_due(parts, await _begun(parts, user, "Reference Text Wanted"))


async def _after_due(parts: _Parts, run: WorkflowHandle[Any, Any]) -> float:
    """From the moment when the run's first timer was due to the provider's first sight of its text."""
    await run.result()
    messages = (await parts.provider.get("/v1/messages")).json()["messages"]
    received = max(datetime.fromisoformat(each["first_seen_at"]) for each in messages)  # one run at a time
    return _milliseconds(received - _due_at(await _history(run)))


async def _people(api: httpx.AsyncClient) -> list[str]:
    """Makes some people known."""
    users = [str(uuid4()) for _ in range(_EACH)]
    calls = [{"type": "identify", "userId": user, "messageId": str(uuid4()), "traits": _TRAITS} for user in users]
    (await api.post("/v1/batch", json={"batch": calls})).raise_for_status()
    return users


async def _begun(parts: _Parts, user: str, trigger: str) -> WorkflowHandle[Any, Any]:
    """Starts somebody's run, and waits until it waits."""
    await _track(parts.api, user, trigger)
    found: list[WorkflowHandle[Any, Any]] = []

    async def waits() -> bool:
        workflow_id = await parts.pool.fetchval(_RUN, user)
        if workflow_id is None:
            return False
        found[:] = [parts.client.get_workflow_handle(workflow_id)]
        try:
            history = await _history(found[0])
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:  # it is on its way
                return False
            raise
        return any(event.event_type == _TIMER_STARTED for event in history)

    if not await until(waits, limit=_LIMIT):
        raise Unavailable(f"the run of {user} did not begin to wait within {_LIMIT.total_seconds():.0f} s")
    return found[0]


async def _history(run: WorkflowHandle[Any, Any]) -> list[HistoryEvent]:
    return [event async for event in run.fetch_history_events()]


async def _track(api: httpx.AsyncClient, user: str, name: str) -> None:
    (await api.post("/v1/track", json={"userId": user, "messageId": str(uuid4()), "event": name})).raise_for_status()


def _reacted_at(events: list[HistoryEvent]) -> datetime:
    """When the first task was done that had the goal in its hands."""
    signalled = [event.event_id for event in events if event.event_type == _SIGNALED][-1]
    done = next(event for event in events if event.event_id > signalled and event.event_type == _TASK_COMPLETED)
    return done.event_time.ToDatetime(UTC)


def _due_at(events: list[HistoryEvent]) -> datetime:
    started = next(event for event in events if event.event_type == _TIMER_STARTED)
    wait = started.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
    return started.event_time.ToDatetime(UTC) + wait


def _milliseconds(duration: timedelta) -> float:
    return duration / timedelta(milliseconds=1)
