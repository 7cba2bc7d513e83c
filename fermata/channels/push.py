"""Push: one message goes to all live devices of a person, and counts once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog

from fermata.channels.closing import Closing
from fermata.channels.devices import (
    MOST_DEVICES,
    Device,
    KeptDevice,
    Removal,
    kept_devices,
    remove_devices,
    token_hash,
)
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, Rejected
from fermata.channels.push_service import PushService
from fermata.database import AWAY, Pool, survivor_of
from fermata.errors import ConfigurationError, DefinitionError
from fermata.pseudonym import pseudonym
from fermata.vocabulary import Channel, Reason

Answer = Accepted | Rejected | Busy

_log = structlog.get_logger("fermata.push")


class PushProvider(Closing):
    """Sends to every device by the service that reaches it.

    A message is one reservation, one exposure and one idempotency key, with a suffix for each device but the one that
    was decided on. It is accepted when one device's service takes it; what the others could not take then is not tried
    again. Tokens that a service knows no more are removed; where none is left, the person has no push address.

    Args:
        pool: Where devices are kept. It belongs to the caller and stays open.
        services: Asked in order whether they reach a device; closed with this.
        name: What the deployment calls it.

    Raises:
        ConfigurationError: There is no service.
    """

    def __init__(self, pool: Pool, services: Sequence[PushService], *, name: str | None = None) -> None:
        if not services:
            raise ConfigurationError("push needs a service: FCM, Web Push, or an HTTP provider")
        self.channel: Channel = Channel.PUSH
        self.name: str = name or "+".join(service.name for service in services)
        self.capabilities: Capabilities = _of_all([service.capabilities for service in services])
        self._pool = pool
        self._services = services

    async def aclose(self) -> None:
        """Closes the services."""
        for service in self._services:
            await service.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Sends to all live devices; ``Accepted`` carries the first service's id.

        Raises:
            DefinitionError: The envelope is for another channel.
        """
        if envelope.channel is not Channel.PUSH:
            raise DefinitionError(f"{self.name} sends push, not {envelope.channel.value}")
        try:
            owner = await survivor_of(self._pool, envelope.profile_id) or envelope.profile_id
            devices = _reached(await kept_devices(self._pool, owner), envelope.address)
            answers = await asyncio.gather(*(self._deliver(device, envelope) for device in devices))
            dead = [device for device, answer in zip(devices, answers, strict=True) if _is_dead(answer)]
            if dead or not devices:  # with no device, the address that was decided on is none any more
                await self._remove(owner, dead)
        except AWAY as error:
            return Busy(None, f"Postgres does not answer: {error}", certain=False)
        return _together(answers)

    async def _deliver(self, device: Device, envelope: Envelope) -> Answer:
        service = next((each for each in self._services if each.reaches(device)), None)
        if service is None:
            kind = "a browser's subscription" if device.keys is not None else "an app's token"
            detail = f"{self.name} does not reach {kind}; declare a service that does"
            return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
        # The device that was decided on has the ledger's own key.
        same = device.token == envelope.address
        key = envelope.idempotency_key if same else f"{envelope.idempotency_key}:{device.id[:16]}"
        return await service.deliver(device, envelope, key)

    async def _remove(self, owner: UUID, dead: Sequence[Device]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            tokens = [device.token for device in dead]
            await remove_devices(connection, owner, tokens, Removal.PROVIDER, datetime.now(UTC))
        if dead:
            _log.info("devices are known no more", profile=pseudonym(owner), devices=len(dead))


def _of_all(told: Sequence[Capabilities]) -> Capabilities:
    """What a message can rely on that may go by any of the services, or by all of them at once."""
    return Capabilities(
        honours_idempotency_key=all(each.honours_idempotency_key for each in told),
        unknown="resend" if all(each.unknown == "resend" for each in told) else "assume_sent",
        feedback=frozenset().union(*(each.feedback for each in told)),
        rate=min((each.rate for each in told if each.rate is not None), default=None),
    )


def _reached(kept: Sequence[KeptDevice], address: str | None) -> list[Device]:
    """Where a message goes: all that is live, and the token decided on where nothing is on record of it."""
    devices = [each.device for each in kept if each.live][:MOST_DEVICES]
    on_record = {each.device.id for each in kept}
    return devices if not address or token_hash(address) in on_record else [*devices, Device(address)]


def _is_dead(answer: Answer) -> bool:
    return isinstance(answer, Rejected) and answer.reason is Reason.NO_PUSH_TOKEN


def _together(answers: Sequence[Answer]) -> Answer:
    """The answer for the message: the best of those for its devices."""
    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    if accepted:
        return accepted[0]
    busy = [answer for answer in answers if isinstance(answer, Busy)]
    if busy:
        asked = [answer.retry_after for answer in busy if answer.retry_after is not None]
        return Busy(
            min(asked, default=None),
            busy[0].detail,
            certain=all(answer.certain for answer in busy),
            outage=all(answer.outage for answer in busy),
        )
    refused = [answer for answer in answers if isinstance(answer, Rejected) and not _is_dead(answer)]
    if refused:
        return refused[0]
    return Rejected(Reason.NO_PUSH_TOKEN, f"none of {len(answers)} devices is known any more")
