"""Compares what reference journeys cost on Temporal with bare workflows by hand, and the cart's with Dittofeed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from cli.bench.by_hand.cart import BareCart, LeftCart, bare_decide, bare_send
from cli.bench.by_hand.others import BareGoal, BareHeld, BareOnboarding
from cli.bench.cart_crowd import Crowd, by_fermata, by_hand, cart_servers
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.history_cost import HistoryCost, cost_of
from cli.bench.pairs import Measure, Pair, Tell, each, in_pairs
from cli.bench.sizes import Sizes
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.database import Pool, open_pool
from fermata.errors import Unavailable
from fermata.ledger.policies import put_in_force

COMPARES = "What a run costs on Temporal: a bare workflow, and Dittofeed's engine, beside Fermata."
_PACE = 864_000.0  # ten days of a journey's waits in a second
_ALL_ALLOWED = "version = 1\n"
_ONE_A_DAY = f'{_ALL_ALLOWED}[channels.email]\ncaps = [{{ limit = 1, per = "1d" }}]\nwhen_capped = "defer"\n'
_QUEUE = "bare"
_LIMIT = timedelta(seconds=60)
_TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED
_RUN = """
SELECT runs.workflow_id FROM journey_runs AS runs JOIN identities USING (profile_id)
WHERE identities.kind = 'user_id' AND identities.value = $1 AND runs.temporal_run_id IS NOT NULL
"""


@dataclass(frozen=True)
class _Reference:
    """A journey, and the same by hand.

    Args:
        what: It is called in the report.
        trigger: The event that starts ours.
        bare: The workflow by hand.
        goal: Whether it waits for its goal, and gets it.
    """

    what: str
    trigger: str
    bare: type[BareCart | BareOnboarding | BareGoal]
    goal: bool = False


_CART = _Reference("cart", "Reference Cart Left", BareCart)
_ONBOARDING = _Reference("onboarding", "Reference Signed Up", BareOnboarding)
_GOAL = _Reference("ended by its goal", "Reference Goal Wanted", BareGoal, goal=True)


_HELD = "a message held for a day"


@dataclass(frozen=True)
class _Parts:
    """What both workflows run on."""

    client: Client
    pool: Pool
    api: httpx.AsyncClient


async def bench_cost(sizes: Sizes, tell: Tell) -> Findings:
    """Runs both on one embedded stack, the journey through the HTTP ingest and the real worker.

    Args:
        sizes: ``pairs`` is heeded.
        tell: Told how far it is.
    """
    async with _parts(tell) as parts:
        pairs = await _counted(parts, _CART, sizes, tell)
        comparisons = [*_beside_bare(_CART.what, pairs), *_beside_dittofeed(pairs)]
        for reference in (_ONBOARDING, _GOAL):
            comparisons += _beside_bare(reference.what, await _counted(parts, reference, sizes, tell))
    comparisons += _beside_bare(_HELD, await _held(sizes, tell))
    return Findings(name="cost", compares=COMPARES, comparisons=tuple(comparisons))


async def _counted(parts: _Parts, reference: _Reference, sizes: Sizes, tell: Tell) -> list[Pair[HistoryCost]]:
    measures, what = (_bare(parts, reference), _journey(parts, reference)), f"one run: {reference.what}"
    # No clock is read: what is counted is the same the first time.
    return await in_pairs(*measures, pairs=sizes.pairs, what=what, tell=tell, warm_up=False)


async def _held(sizes: Sizes, tell: Tell) -> list[Pair[HistoryCost]]:
    """A run whose second message is held for a day, on a server that skips it."""
    tell(f"one run: {_HELD}", 0, 0)
    async with (
        cart_servers(policy=_ONE_A_DAY, time_skipping=True) as servers,
        by_hand(servers, workflow=BareHeld) as theirs,
        by_fermata(servers, trigger="Reference Held") as ours,
    ):

        def measure(crowd: Crowd, *, signalled_at_start: bool) -> Measure[HistoryCost]:
            async def once() -> HistoryCost:
                (run,) = await (await crowd(1))()
                return await cost_of(run, signalled_at_start=signalled_at_start)

            return once

        measures = measure(theirs, signalled_at_start=False), measure(ours, signalled_at_start=True)
        return await in_pairs(*measures, pairs=sizes.pairs, what=f"one run: {_HELD}", tell=tell, warm_up=False)


@asynccontextmanager
async def _parts(tell: Tell) -> AsyncIterator[_Parts]:
    options = StackOptions(
        ui=False,
        environment={"FERMATA_PACE": str(_PACE), "FERMATA_JOURNEYS": "workflows.cart_recovery,cli.bench.journeys"},
        database_url=None,  # never somebody's own: other policies hold there, and other people are in it
        temporal_address=None,
    )
    async with (
        Stack(options, tell=lambda sentence: tell(sentence, 0, 0)) as stack,
        open_pool(stack.report.database, most=2) as pool,
        httpx.AsyncClient(base_url=stack.report.api, auth=(stack.report.write_key or "", "")) as api,
    ):
        async with pool.acquire() as connection:
            await put_in_force(connection, _ALL_ALLOWED, author="fermata bench", at=datetime.now(UTC))
        client = await Client.connect(stack.report.temporal)
        workflows = [each.bare for each in (_CART, _ONBOARDING, _GOAL)]
        async with Worker(client, task_queue=_QUEUE, workflows=workflows, activities=[bare_decide, bare_send]):
            yield _Parts(client, pool, api)


def _bare(parts: _Parts, reference: _Reference) -> Measure[HistoryCost]:
    async def once() -> HistoryCost:
        profile_id = str(uuid4())
        cart = LeftCart(profile_id, _PACE)
        run = await parts.client.start_workflow(
            reference.bare.run, cart, id=f"by_hand/{profile_id}", task_queue=_QUEUE, execution_timeout=_LIMIT
        )
        if reference.goal:
            await _until_it_waits(run)
            await run.signal(BareGoal.goal)
        await run.result()
        return await cost_of(run, signalled_at_start=False)

    return once


def _journey(parts: _Parts, reference: _Reference) -> Measure[HistoryCost]:
    async def once() -> HistoryCost:
        user = str(uuid4())
        await _send_events(parts.api, user, reference.trigger)
        run = parts.client.get_workflow_handle(await _run_of(parts.pool, user))
        if reference.goal:
            await _until_it_waits(run)
            await _send(parts.api, user, {"type": "track", "event": "Onboarding Completed"})
        await run.result()
        return await cost_of(run, signalled_at_start=True)

    return once


async def _send_events(api: httpx.AsyncClient, user: str, trigger: str) -> None:
    """Somebody who may be reached, and what starts their journey."""
    consent = {"marketing": "granted"}
    traits = {
        "email": f"{user}@example.com",
        "phone": "+442071838750",
        "timezone": "Europe/London",
        "consent": {"email": consent, "sms": consent},
    }
    product = {"product_id": "p1", "name": "Trail shoe", "price": 89.5, "currency": "EUR"}
    await _send(api, user, {"type": "identify", "traits": traits})
    await _send(api, user, {"type": "track", "event": trigger, "properties": product})


async def _send(api: httpx.AsyncClient, user: str, event: dict[str, object]) -> None:
    answer = await api.post(
        f"/v1/{event['type']}",
        json={**event, "userId": user, "messageId": str(uuid4()), "timestamp": datetime.now(UTC).isoformat()},
    )
    if not answer.is_success:
        raise Unavailable(f"the API answered {answer.status_code} to {event['type']}: {answer.text}")


async def _run_of(pool: Pool, user: str) -> str:
    """Waits until the person's run has started, and returns its workflow id."""
    found: list[str] = []

    async def started() -> bool:
        found[:] = [row["workflow_id"] for row in await pool.fetch(_RUN, user)]
        return bool(found)

    if not await until(started, limit=_LIMIT):
        raise Unavailable(f"the reference journey of {user} did not start within {_LIMIT.total_seconds():.0f} s")
    return found[0]


async def _until_it_waits(run: WorkflowHandle[Any, Any]) -> None:
    async def waits() -> bool:
        return any([event.event_type == _TIMER_STARTED async for event in run.fetch_history_events()])

    if not await until(waits, limit=_LIMIT):
        raise Unavailable(f"the run {run.id} did not begin to wait within {_LIMIT.total_seconds():.0f} s")


def _beside_bare(journey: str, pairs: list[Pair[HistoryCost]]) -> Iterator[Comparison]:
    for what, figure, target in (
        ("activities", _activities, None),
        ("timers", lambda cost: float(cost.timers), None),
        ("billable actions", lambda cost: float(cost.actions), None),
        ("history events", _events, Target(direction="at most", bound=1.35)),
        ("history bytes", _bytes, None),
    ):
        asked = target if journey == _CART.what else None
        named = f"{journey}: {what}"
        yield compare(named, "a run", beside="a bare workflow", pairs=each(pairs, figure), target=asked)


def _beside_dittofeed(pairs: list[Pair[HistoryCost]]) -> Iterator[Comparison]:
    # Counted on a run of Dittofeed's own engine with the same six steps. Not measured again here: it is another's.
    for what, figure, published, target in (
        ("activities, local ones too", _activities, 17 + 9, None),
        ("history events", _events, 134, Target(direction="at most", bound=0.57)),
        ("history bytes", _bytes, 16_016, None),
    ):
        beside = [Pair(float(published), figure(pair.ours)) for pair in pairs]
        yield compare(f"cart: {what}", "a run", beside="Dittofeed, as published", pairs=beside, target=target)


def _activities(cost: HistoryCost) -> float:
    return float(cost.activities)


def _events(cost: HistoryCost) -> float:
    return float(cost.events)


def _bytes(cost: HistoryCost) -> float:
    return float(cost.bytes)
