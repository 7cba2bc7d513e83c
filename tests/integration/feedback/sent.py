"""People with messages that went out, and what the database says of them afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.database import Pool
from fermata.journeys import JourneyDefinition, Message, Registry, Trigger
from fermata.ledger import Policies, begin_send, decide_and_reserve, settle_sent
from fermata.vocabulary import Action, Channel
from tests.people import ADDRESSES, GRANTED, NOON, Enrolled, enrol
from tests.policies import enact

LISTENS = (
    "Email Delivered",
    "Email Bounced",
    "Email Opened",
    "Email Link Clicked",
    "Email Marked as Spam",
    "Email Replied",
    "SMS Delivered",
    "SMS Link Clicked",
    "SMS Received",
    "Unsubscribed",
)
REGISTRY = Registry(
    {"cart_recovery": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", listens_to=LISTENS)}
)
PROVIDERS = {Channel.EMAIL: "mailer", Channel.SMS: "texter", Channel.PUSH: "pusher"}


async def somebody(pool: Pool, user: str = "ada", *, addresses: Mapping[str, str] = ADDRESSES) -> Enrolled:
    """A person with a name and an active run."""
    if not await pool.fetchval("SELECT EXISTS (SELECT 1 FROM policy_activations)"):
        await enact(pool, "version = 1")
    person = await enrol(pool, addresses=addresses, consent=GRANTED)
    await pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)",
        user,
        person.profile_id,
        NOON,
    )
    return person


async def decided(pool: Pool, person: Enrolled, step: str = "hello", channel: Channel = Channel.EMAIL) -> UUID:
    """A message of theirs that is reserved."""
    message = Message(key="hello", channels=(channel,), purpose="transactional")
    decision = await decide_and_reserve(pool, Policies(), person.attempt(step, message=message), NOON)
    assert decision.action is Action.SEND
    return decision.id


async def sent(
    pool: Pool,
    person: Enrolled,
    step: str = "hello",
    channel: Channel = Channel.EMAIL,
    *,
    message_id: str | None = None,
    at: datetime = NOON,
) -> UUID:
    """A message of theirs that the provider took."""
    decision_id = await decided(pool, person, step, channel)
    await begin_send(pool, decision_id, at)
    await settle_sent(
        pool,
        decision_id,
        at + timedelta(seconds=1),
        provider=PROVIDERS[channel],
        provider_message_id=message_id or f"sid-{decision_id}",
    )
    return decision_id


async def state(pool: Pool, decision_id: UUID) -> str:
    """Where a message stands."""
    found: str = await pool.fetchval("SELECT state FROM reservations WHERE decision_id = $1", decision_id)
    return found


async def suppressed(pool: Pool) -> dict[tuple[str, str], str]:
    """Suppressed addresses, with the reason."""
    rows = await pool.fetch("SELECT channel, address, reason FROM suppressions")
    return {(row["channel"], row["address"]): row["reason"] for row in rows}


async def told(pool: Pool) -> list[tuple[str, Mapping[str, Any]]]:
    """What runs were told, in order."""
    rows = await pool.fetch("SELECT payload FROM dispatches WHERE kind = 'signal' ORDER BY id")
    return [(row["payload"]["name"], row["payload"]["properties"]) for row in rows]
