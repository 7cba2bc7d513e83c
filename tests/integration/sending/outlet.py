"""A worker's sends without the worker: a real ledger, real servers, and tries that follow as Temporal's would."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from pydantic import SecretStr
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.sends import SendCommand, SendResult, Sends
from cli.stack.waiting import until
from fermata.channels import Carriers, Enlisted, Health, HttpProvider, Roster, Templates
from fermata.channels.outages import OutageRule
from fermata.clock import SystemClock
from fermata.database import Pool
from fermata.journeys import Message
from fermata.ledger import Policies, decide_and_reserve
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import Action, Channel
from tests.integration.sending.misbehaving import Misbehaving
from tests.people import enrol
from workflows.discovery import discover

ANY_HOUR = """
version = 1
[channels.push]
window = "always"
[channels.sms]
window = "always"
[channels.email]
window = "always"
"""

SOON = OutageRule(first=timedelta(seconds=0.3), longest=timedelta(seconds=1), trial=timedelta(seconds=5))
"""As in production, a hundred times as fast."""

_LINKS = ConsentLinks(SecretStr("a secret of the tests' own, long enough"), "http://127.0.0.1:8000")
_SHORT = timedelta(milliseconds=20)


def push(name: str, server: Misbehaving, *, timeout: timedelta = timedelta(seconds=1), **place: Any) -> Enlisted:
    """A provider of push notifications at this server."""
    honours = place.pop("honours", True)
    provider = HttpProvider(Channel.PUSH, server.url, name=name, timeout=timeout, honours_idempotency_key=honours)
    return Enlisted(provider, kind="http", **place)


@cache
def _templates() -> Templates:
    return Templates(discover(("workflows",)).template_roots)


class OpenOutlet(Protocol):
    """Opens an outlet that the fixture closes."""

    def __call__(self, *enlisted: Enlisted, rule: OutageRule = SOON, health_pool: Pool | None = None) -> "Outlet": ...


@dataclass
class Outlet:
    """Reserves messages and sends them."""

    pool: Pool
    policies: Policies
    carriers: Carriers
    sends: Sends

    @classmethod
    def of(
        cls,
        pool: Pool,
        policies: Policies,
        *enlisted: Enlisted,
        rule: OutageRule = SOON,
        health_pool: Pool | None = None,
    ) -> "Outlet":
        """A worker's outlet with these providers. Who made it closes its roster."""
        roster = Roster(enlisted)
        carriers = Carriers(roster, Health(health_pool or pool, roster, rule))
        return cls(pool, policies, carriers, Sends(pool, carriers, _templates(), SystemClock(), _LINKS))

    async def reserve(self, channel: Channel = Channel.PUSH) -> UUID:
        """Somebody for whom a message is decided and reserved; the decision."""
        now = datetime.now(UTC)
        person = await enrol(self.pool, at=now, country=None)
        message = Message(key="cart_reminder", channels=(channel,))
        attempt = person.attempt(message=message, asked_at=now)
        decision = await decide_and_reserve(self.pool, self.policies, attempt, now)
        assert decision.action is Action.SEND, decision
        return decision.id

    async def try_once(self, decision_id: UUID, channel: Channel = Channel.PUSH) -> SendResult:
        """One attempt; raises what the activity raises."""
        command = SendCommand(decision_id=decision_id, channel=channel, asked_at=datetime.now(UTC))
        result: SendResult = await ActivityEnvironment().run(self.sends.send, command)
        return result

    async def send(self, decision_id: UUID, channel: Channel = Channel.PUSH) -> SendResult:
        """Attempts until there is a result, as Temporal would, with the shortest of pauses."""
        results: list[SendResult] = []

        async def settled() -> bool:
            try:
                results.append(await self.try_once(decision_id, channel))
            except ApplicationError as error:
                if error.type != "ProviderBusy":
                    raise
                await asyncio.sleep(min(error.next_retry_delay or _SHORT, _SHORT * 5).total_seconds())
            return bool(results)

        assert await until(settled, limit=timedelta(seconds=30))
        return results[0]

    async def row(self, decision_id: UUID) -> Mapping[str, Any]:
        """The reservation."""
        row = await self.pool.fetchrow(
            "SELECT state, provider, provider_message_id, attempts, reason, detail FROM reservations"
            " WHERE decision_id = $1",
            decision_id,
        )
        return dict(row or {})
