"""Senders to be killed: a process that has everything loaded, and forks a sender for each order it reads.

``python -m tests.faults.sender_process`` reads an ``Order`` a line on stdin. On stdout it tells of each
sender, a line each: its pid, ``ready``, where it stops, and how it ended.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.sends import SendCommand, Sends
from cli.quiet_logs import log_troubles_only
from cli.stack.waiting import until
from fermata.channels import (
    Accepted,
    Busy,
    Capabilities,
    Carriers,
    Enlisted,
    Envelope,
    Health,
    HttpProvider,
    Provider,
    Rejected,
    Roster,
    SmtpProvider,
    Templates,
)
from fermata.channels.fcm import FcmService
from fermata.channels.google_tokens import ServiceAccount
from fermata.channels.push import PushProvider
from fermata.channels.web_push import WebPushService
from fermata.clock import SystemClock
from fermata.database import Pool, open_pool
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import Channel
from workflows.discovery import discover

Point: TypeAlias = Literal["before_the_call", "after_the_yes", "after_settling"]

_AT_ONCE = 6
_LIFETIME = timedelta(seconds=60)  # should nobody be left to kill it


class Devices(BaseModel):
    """Where phones and browsers are reached.

    Args:
        fcm: Base address.
        account: The service account's key file.
        vapid: The private key.
    """

    model_config = ConfigDict(frozen=True)

    fcm: str
    account: ServiceAccount
    vapid: str


class Providers(BaseModel):
    """Where the providers are: those that are named, and no others."""

    model_config = ConfigDict(frozen=True)

    push: str | None = None
    sms: str | None = None
    smtp: str | None = None
    devices: Devices | None = None


class Order(BaseModel):
    """What a sender is to do.

    Args:
        database: The ledger's.
        providers: Who carries its messages.
        messages: Decision and channel of each.
        stops_at: Where every message waits to be killed; None sends them all.
    """

    model_config = ConfigDict(frozen=True)

    database: str
    providers: Providers
    messages: tuple[tuple[UUID, Channel], ...]
    stops_at: Point | None = None


class _Stopping:
    """A provider in whose hands a sender stops."""

    def __init__(self, provider: Provider, point: Point | None) -> None:
        self._provider, self._point = provider, point
        self.name = provider.name
        self.channel: Channel = provider.channel
        self.capabilities: Capabilities = provider.capabilities

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        if self._point == "before_the_call":
            await _stop(self._point)
        answer = await self._provider.send(envelope)
        if self._point == "after_the_yes":
            await _stop(self._point)
        return answer

    async def aclose(self) -> None:
        await self._provider.aclose()


def providers(where: Providers, pool: Pool) -> Iterator[Provider]:
    """Push honours the key; texts do not, and count as sent when in doubt; mail and devices are sent to again."""
    if where.push is not None:
        yield HttpProvider(Channel.PUSH, where.push, name="push")
    if where.sms is not None:
        yield HttpProvider(Channel.SMS, where.sms, name="sms", honours_idempotency_key=False)
    if where.smtp is not None:
        yield SmtpProvider(where.smtp, "Shop <hello@shop.example>", name="smtp")
    if where.devices is not None:
        phones = FcmService(where.devices.account, url=where.devices.fcm)
        browsers = WebPushService(where.devices.vapid, "mailto:push@shop.example", hosts=["127.0.0.1"], plain_http=True)
        yield PushProvider(pool, [phones, browsers], name="devices")


async def send(order: Order, templates: Templates) -> None:
    """Sends, some at a time, each tried again until it is settled."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(order.database, most=_AT_ONCE))
        enlisted = [Enlisted(_Stopping(each, order.stops_at)) for each in providers(order.providers, pool)]
        roster = await stack.enter_async_context(Roster(enlisted))
        links = ConsentLinks(SecretStr("a secret of the tests' own, long enough"), "http://127.0.0.1:8000")
        sends = Sends(pool, Carriers(roster, Health(pool, roster)), templates, SystemClock(), links)
        _tell("ready")
        turns = asyncio.Semaphore(_AT_ONCE)

        async def until_settled(decision_id: UUID, channel: Channel) -> None:
            async with turns:
                command = SendCommand(decision_id=decision_id, channel=channel, asked_at=datetime.now(UTC))
                await until(partial(_settled, sends, command), limit=_LIFETIME)
                if order.stops_at == "after_settling":
                    await _stop(order.stops_at)

        async with asyncio.TaskGroup() as group:
            for message in order.messages:
                group.create_task(until_settled(*message))


async def _settled(sends: Sends, command: SendCommand) -> bool:
    try:
        await ActivityEnvironment().run(sends.send, command)
    except ApplicationError:
        return False
    return True


async def _stop(point: Point) -> None:
    _tell(point)
    await asyncio.Event().wait()


def _tell(what: str) -> None:
    os.write(sys.stdout.fileno(), f"{what}\n".encode())


def main() -> None:
    """Forks a sender for each order; one that was killed is forgotten."""
    log_troubles_only()
    templates = Templates(discover(("workflows",)).template_roots)
    _tell("loaded")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            order = Order.model_validate_json(line)
            asyncio.run(asyncio.wait_for(send(order, templates), _LIFETIME.total_seconds()))
            os._exit(0)
        _tell(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        _tell(f"ended {status}")


if __name__ == "__main__":
    main()
