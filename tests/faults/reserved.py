"""Messages that wait to be sent, and what the ledger has on record of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fermata.database import Pool
from fermata.journeys import Message
from fermata.ledger import Policies, decide_and_reserve
from fermata.vocabulary import Action, Channel
from tests.faults.sender_process import Order, Point, Providers
from tests.people import Enrolled, enrol


@dataclass
class Reserved:
    """The ledger, and what of it is to be sent.

    Args:
        database: Its address.
        pool: Connections to it.
        policies: Under which every message is let through.
        providers: Who carries the messages.
    """

    database: str
    pool: Pool
    policies: Policies
    providers: Providers

    async def reserve(self, channel: Channel, person: Enrolled | None = None) -> tuple[UUID, Channel]:
        """A message that is decided and reserved, for a person of its own if for nobody else."""
        now = datetime.now(UTC)
        person = person or await enrol(self.pool, at=now, country=None)
        attempt = person.attempt(message=Message(key="cart_reminder", channels=(channel,)), asked_at=now)
        decision = await decide_and_reserve(self.pool, self.policies, attempt, now)
        assert decision.action is Action.SEND, decision
        return decision.id, channel

    async def rows(self) -> Mapping[UUID, Mapping[str, Any]]:
        """The ledger, by decision."""
        rows = await self.pool.fetch(
            "SELECT decision_id, r.channel, r.state, r.attempts, r.provider, r.provider_message_id, d.dedupe_key"
            " FROM reservations r JOIN decisions d ON d.id = r.decision_id"
        )
        return {row["decision_id"]: dict(row) for row in rows}

    def order(self, *messages: tuple[UUID, Channel], stops_at: Point | None = None) -> Order:
        """An order for a sender."""
        return Order(database=self.database, providers=self.providers, messages=messages, stops_at=stops_at)
