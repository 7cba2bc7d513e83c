"""Compares what the reference cart journey costs on Temporal with a bare hand-written workflow, and with Dittofeed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from temporalio.client import Client
from temporalio.worker import Worker

from cli.bench.bare_cart import BareCart, LeftCart, bare_decide, bare_send
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

COMPARES = "A cart journey of three messages: a bare workflow, and Dittofeed's engine, beside Fermata."
_PACE = 864_000.0  # ten days of a journey's waits in a second
_ALL_ALLOWED = "version = 1\n"
_QUEUE = "bare"
_LIMIT = timedelta(seconds=60)


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
        what = "one run of the cart journey"
        # No clock is read: what is counted is the same the first time.
        pairs = await in_pairs(_bare(parts), _journey(parts), pairs=sizes.pairs, what=what, tell=tell, warm_up=False)
    comparisons = [*_beside_bare(pairs), *_beside_dittofeed(pairs)]
    return Findings(name="cost", compares=COMPARES, comparisons=tuple(comparisons))


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
        async with Worker(client, task_queue=_QUEUE, workflows=[BareCart], activities=[bare_decide, bare_send]):
            yield _Parts(client, pool, api)


def _bare(parts: _Parts) -> Measure[HistoryCost]:
    async def once() -> HistoryCost:
        profile_id = str(uuid4())
        cart = LeftCart(profile_id, _PACE)
        run = await parts.client.start_workflow(
            BareCart.run, cart, id=f"bare_cart/{profile_id}", task_queue=_QUEUE, execution_timeout=_LIMIT
        )
        await run.result()
        return await cost_of(run, signalled_at_start=False)

    return once


def _journey(parts: _Parts) -> Measure[HistoryCost]:
    async def once() -> HistoryCost:
        user = str(uuid4())
        await _send_events(parts.api, user)
        workflow_id = await _ended_run(parts.pool, user)
        run = parts.client.get_workflow_handle(workflow_id)
        await run.result()
        return await cost_of(run, signalled_at_start=True)

    return once


async def _send_events(api: httpx.AsyncClient, user: str) -> None:
    """Somebody who may be reached, and the cart that they leave."""
    consent = {"marketing": "granted"}
    traits = {
        "email": f"{user}@example.com",
        "phone": "+442071838750",
        "timezone": "Europe/London",
        "consent": {"email": consent, "sms": consent},
    }
    product = {"product_id": "p1", "name": "Trail shoe", "price": 89.5, "currency": "EUR"}
    for event in (
        {"type": "identify", "traits": traits},
        {"type": "track", "event": "Reference Cart Left", "properties": product},
    ):
        answer = await api.post(
            f"/v1/{event['type']}",
            json={**event, "userId": user, "messageId": str(uuid4()), "timestamp": datetime.now(UTC).isoformat()},
        )
        if not answer.is_success:
            raise Unavailable(f"the API answered {answer.status_code} to {event['type']}: {answer.text}")


async def _ended_run(pool: Pool, user: str) -> str:
    """Waits until the person's run has ended in the ledger, and returns its workflow id."""
    found: list[str] = []

    async def ended() -> bool:
        profile_id: UUID | None = await pool.fetchval(
            "SELECT profile_id FROM identities WHERE kind = 'user_id' AND value = $1", user
        )
        found[:] = [
            row["workflow_id"]
            for row in await pool.fetch(
                "SELECT workflow_id FROM journey_runs"
                " WHERE profile_id = $1 AND journey = 'reference_cart' AND ended_at IS NOT NULL",
                profile_id,
            )
        ]
        return bool(found)

    if not await until(ended, limit=_LIMIT):
        raise Unavailable(f"the reference journey of {user} did not end within {_LIMIT.total_seconds():.0f} s")
    return found[0]


def _beside_bare(pairs: list[Pair[HistoryCost]]) -> Iterator[Comparison]:
    for what, figure, target in (
        ("activities", _activities, None),
        ("timers", lambda cost: float(cost.timers), None),
        ("billable actions", lambda cost: float(cost.actions), None),
        ("history events", _events, Target(direction="at most", bound=1.35)),
        ("history bytes", _bytes, None),
    ):
        yield compare(what, "a run", beside="a bare workflow", pairs=each(pairs, figure), target=target)


def _beside_dittofeed(pairs: list[Pair[HistoryCost]]) -> Iterator[Comparison]:
    # Counted on a run of Dittofeed's own engine with the same six steps. Not measured again here: it is another's.
    for what, figure, published, target in (
        ("activities, local ones too", _activities, 17 + 9, None),
        ("history events", _events, 134, Target(direction="at most", bound=0.57)),
        ("history bytes", _bytes, 16_016, None),
    ):
        beside = [Pair(float(published), figure(pair.ours)) for pair in pairs]
        yield compare(what, "a run", beside="Dittofeed, as published", pairs=beside, target=target)


def _activities(cost: HistoryCost) -> float:
    return float(cost.activities)


def _events(cost: HistoryCost) -> float:
    return float(cost.events)


def _bytes(cost: HistoryCost) -> float:
    return float(cost.bytes)
