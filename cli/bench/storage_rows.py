"""People, events, runs, decisions and sends for the benchmark of storage, all by the doors that production has."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cli.bench.pairs import Tell
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Message, Registry, Trigger
from fermata.ledger import Attempt, Policies, begin_send, decide_and_reserve, settle_sent
from fermata.vocabulary import Action, Channel

EVENTS = 10
"""Of each person: who they are, what they look at, and what they put into a cart."""

DECISIONS = 3
"""Of each run: as many messages as the reference cart journey has."""

_NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
_JOURNEY = "cart_recovery"
_REGISTRY = Registry({_JOURNEY: JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")})
_AT_ONCE = 50  # people whose events come in together
_WORKERS = 8


async def fill(pool: Pool, people: int, tell: Tell) -> None:
    """Lets people come: each says who they are, looks at eight products, fills a cart, and is sent three messages.

    Args:
        pool: Connections to a database with the schema, a policy that holds nothing back, and nobody in it.
        people: How many.
        tell: Told how far it is.
    """
    door = Ingest(pool, _REGISTRY)
    for first in range(0, people, _AT_ONCE):
        tell("people come", first, people)
        calls = [call for number in range(first, min(first + _AT_ONCE, people)) for call in _calls(number)]
        await door.accept([parse(call, received_at=_NOW) for call in calls], (), _NOW)
    runs = await pool.fetch("SELECT id, profile_id, workflow_id FROM journey_runs ORDER BY id")
    policies, waiting = Policies(), iter([(run, number) for run in runs for number in range(DECISIONS)])
    tell("messages are decided and sent", 0, 0)
    await asyncio.gather(*(_send(pool, policies, waiting) for _ in range(_WORKERS)))


async def _send(pool: Pool, policies: Policies, waiting: Iterator[tuple[Any, int]]) -> None:
    for run, number in waiting:
        at = _NOW + timedelta(hours=1, days=number)
        decided = await decide_and_reserve(pool, policies, _attempt(run, number, at), at)
        if decided.action is not Action.SEND:
            raise AssertionError(f"the policy of the benchmark holds nothing back, but: {decided.reason}")
        await begin_send(pool, decided.id, at, provider="smtp")
        await settle_sent(pool, decided.id, at, provider="smtp", provider_message_id=str(decided.id))


def _attempt(run: Any, number: int, at: datetime) -> Attempt:  # noqa: ANN401 - asyncpg's Record has no types
    run_id: UUID = run["id"]
    step = f"reminder-{number}"
    return Attempt(
        run_id=run_id,
        profile_id=run["profile_id"],
        journey=_JOURNEY,
        message=Message(key=f"cart_reminder_{number}", channels=(Channel.EMAIL, Channel.SMS)),
        step=step,
        visit=1,
        dedupe_key=f"{run['workflow_id']}:{run_id}:{step}:1",
        priority=60,
        asked_at=at,
    )


def _calls(number: int) -> Sequence[dict[str, Any]]:
    user = f"user-{number:08}"
    consent = {"marketing": "granted"}
    traits = {
        "email": f"{user}@example.com",
        "phone": f"+4479{number:08}",
        "firstName": "Ada",
        "timezone": "Europe/London",
        "consent": {"email": consent, "sms": consent},
    }
    product = {
        "product_id": "p1",
        "name": "Trail shoe",
        "price": 89.5,
        "currency": "EUR",
        "url": "https://shop.example/p1",
    }
    context = {
        "ip": "192.0.2.7",
        "locale": "en-GB",
        "page": {"url": "https://shop.example/p1"},
        "userAgent": "Mozilla/5.0",
    }
    common = {"userId": user, "context": context, "timestamp": _NOW.isoformat()}
    names = [*(["Product Viewed"] * (EVENTS - 2)), "Product Added"]
    return (
        {**common, "type": "identify", "traits": traits, "messageId": f"{user}-i"},
        *(
            {**common, "type": "track", "event": name, "properties": product, "messageId": f"{user}-{place}"}
            for place, name in enumerate(names)
        ),
    )
