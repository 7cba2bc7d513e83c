"""People with a life behind them: events that came in over HTTP, decisions, sends, a card, a run that ended."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from fermata.channels import Accepted, CardContent, CardProvider, Envelope
from fermata.database import Pool
from fermata.journeys import JourneyEvent
from fermata.ledger import RecordedDecision, begin_send, close_run, decide_and_reserve, give_back, settle_sent
from fermata.vocabulary import Channel, Reason
from tests.people import Enrolled, zone_where_it_is
from tests.policies import under

TWO_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
when_capped = "defer"
"""


@dataclass(frozen=True)
class Life:
    """A person with two mails sent, one refused by the provider, one that waits, and a card in the app.

    Args:
        person: With the run that wrote to them.
        sent, refused, waiting, card: Decisions about them.
    """

    person: Enrolled
    sent: RecordedDecision
    refused: RecordedDecision
    waiting: RecordedDecision
    card: RecordedDecision

    @property
    def id(self) -> UUID:
        """The profile's."""
        return self.person.profile_id


def first_calls(name: str) -> list[dict[str, Any]]:
    """What a shop sends of a visitor who signs in and puts something into the cart."""
    traits = {
        "email": f"{name}@example.com",
        "phone": f"+4420718387{len(name):02}",
        "timezone": zone_where_it_is(12),
        "address": {"country": "GB"},
        "consent": {"email": {"marketing": "granted"}, "sms": {"marketing": "revoked"}},
        "quiet_hours": {"start": "23:00", "end": "06:00"},
        "first_name": name.title(),
    }
    who = {"userId": name, "anonymousId": f"visitor-{name}"}
    return [
        {"type": "track", **who, "messageId": f"{name}-viewed", "event": "Product Viewed", "properties": {"sku": "s1"}},
        {"type": "identify", **who, "messageId": f"{name}-is", "traits": traits},
        {"type": "track", **who, "messageId": f"{name}-added", "event": "Product Added", "properties": {"sku": "s1"}},
    ]


async def live(pool: Pool, sender: httpx.AsyncClient, name: str = "ada") -> Life:
    """Lets somebody come in, be decided about and written to, all at the present time."""
    answer = await sender.post("/v1/batch", json={"batch": first_calls(name)})
    assert answer.json()["accepted"] == 3, answer.text
    person = await enrolled(pool, name)
    policies = await under(pool, TWO_A_DAY)
    made: dict[str, RecordedDecision] = {}
    for step, channels in (("a", "email"), ("b", "email"), ("c", "email"), ("d", "email"), ("e", "in_app")):
        now = datetime.now(UTC)
        made[step] = await decide_and_reserve(pool, policies, person.attempt(step, channels=(channels,)), now)
        if step == "b":
            await begin_send(pool, made[step].id, now)
            await give_back(pool, made[step].id, now, Reason.PROVIDER_REJECTED, "550 no such mailbox")
        elif step in "ac":
            await begin_send(pool, made[step].id, now)
            await settle_sent(pool, made[step].id, now, provider="smtp", provider_message_id=step)
    await _put_card(pool, person, made["e"])
    return Life(person, made["a"], made["b"], made["d"], made["e"])


async def buy(pool: Pool, sender: httpx.AsyncClient, life: Life, name: str = "ada") -> None:
    """Lets somebody buy, which ends their run."""
    bought = {"userId": name, "messageId": f"{name}-bought", "event": "Order Completed"}
    assert (await sender.post("/v1/track", json=bought)).status_code == 200
    async with pool.acquire() as connection:
        await close_run(connection, life.person.run_id, "converted", "Order Completed", datetime.now(UTC))


async def come_by_phone_and_sign_in(pool: Pool, sender: httpx.AsyncClient, name: str = "ada") -> UUID:
    """Lets somebody come in as a visitor on another device and then sign in there: two profiles become one.

    Returns:
        The id of the visitor's profile, which is no more.
    """
    device = f"phone-of-{name}"
    viewed = {"anonymousId": device, "messageId": f"{device}-viewed", "event": "Product Viewed"}
    assert (await sender.post("/v1/track", json=viewed)).status_code == 200
    visitor = await pool.fetchval("SELECT profile_id FROM identities WHERE value = $1", device)
    signed_in = {"userId": name, "anonymousId": device, "messageId": f"{device}-in", "event": "Signed In"}
    assert (await sender.post("/v1/track", json=signed_in)).status_code == 200
    assert isinstance(visitor, UUID)
    return visitor


async def enrolled(pool: Pool, name: str) -> Enrolled:
    """Somebody with their run, as the door left them."""
    row = await pool.fetchrow(
        "SELECT r.*, e.name, e.occurred_at FROM identities i JOIN journey_runs r USING (profile_id)"
        " JOIN events e ON e.id = r.trigger_event_id WHERE i.kind = 'user_id' AND i.value = $1",
        name,
    )
    assert row is not None, f"{name} is in no journey"
    trigger = JourneyEvent(id=row["trigger_event_id"], name=row["name"], occurred_at=row["occurred_at"])
    return Enrolled(row["profile_id"], row["id"], row["journey"], trigger)


async def _put_card(pool: Pool, person: Enrolled, decision: RecordedDecision) -> None:
    envelope = Envelope(
        idempotency_key=f"card of {decision.id}",
        channel=Channel.IN_APP,
        address=None,
        content=CardContent(title="Your cart waits", body="It is still here.", url="https://shop.example/cart"),
        profile_id=person.profile_id,
        message_key="hello",
        decision_id=decision.id,
        sent_at=datetime.now(UTC),
    )
    assert isinstance(await CardProvider(Channel.IN_APP, pool).send(envelope), Accepted)
