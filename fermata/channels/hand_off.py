"""Hand-offs: a task for a colleague, by a signed webhook (https://www.standardwebhooks.com), to whoever keeps tasks."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

import orjson
from standardwebhooks import Webhook

from fermata.channels.closing import Closing
from fermata.channels.hand_off_desks import Desk
from fermata.channels.http_answers import HttpAnswer, identifier_in, retry_after_in
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, HandOffContent, Rejected
from fermata.database import AWAY, Pool, Queries
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, Reason

_QUERIES = Queries("fermata.channels", "hand_off.sql")
_CONFLICT = 409
_NOT_NOW = frozenset({408, 425, 429})
_TYPE = "hand_off.requested"


class HandOffProvider(Closing):
    """Posts one task to a desk.

    The ``webhook-id`` is made from the dedupe key: a desk that has seen it, as the specification asks of receivers,
    makes one task of it however often it comes. The task's own id, where the answer has one, goes on record.

    Args:
        pool: Knows the person whom the task is about. It belongs to the caller and stays open.
        desks: By the name that templates write.
        timeout: For each step, and three times as much for the whole.
    """

    name: ClassVar[str] = "webhook:hand_off"
    channel: ClassVar[Channel] = Channel.HAND_OFF
    capabilities: ClassVar[Capabilities] = Capabilities(honours_idempotency_key=True, unknown="resend")

    def __init__(self, pool: Pool, desks: Mapping[str, Desk], *, timeout: timedelta = timedelta(seconds=4)) -> None:
        self._pool = pool
        self._desks = desks
        self._caller = HttpCaller("the desk", timeout=timeout)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one person over; ``Accepted`` carries the desk's id for the task.

        Raises:
            DefinitionError: The envelope is for another channel.
        """
        content = envelope.content
        if not isinstance(content, HandOffContent):
            raise DefinitionError(f"{self.name} hands people over, and sends no {envelope.channel.value}")
        desk = self._desks.get(content.to)
        if desk is None:
            known = ", ".join(sorted(self._desks)) or "none"
            words = f"no desk is named {content.to[:60]!r}; FERMATA_HANDOFFS declares: {known}"
            return Rejected(Reason.PROVIDER_MISCONFIGURED, words)
        try:
            person = await self._pool.fetchrow(_QUERIES["person"], envelope.profile_id)
        except AWAY as error:
            return Busy(None, f"Postgres does not answer: {error}", certain=True, outage=False)
        if person is None:
            return Rejected(Reason.PROFILE_ERASED, f"there is no profile {envelope.profile_id} any more")
        about = _about(envelope.profile_id, person["names"], person["addresses"], person["traits"])
        return await self._post(desk, envelope, orjson.dumps(_task(envelope, content, desk, about)))

    async def _post(self, desk: Desk, envelope: Envelope, body: bytes) -> Accepted | Rejected | Busy:
        identifier = f"msg_{sha256(envelope.idempotency_key.encode()).hexdigest()}"
        sent_at = datetime.now(UTC)  # not the envelope's: receivers refuse a signature that is older than five minutes
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": Webhook(desk.secret.get_secret_value()).sign(identifier, sent_at, body.decode()),
        }
        answer = await self._caller.post(desk.url, body, headers)
        if isinstance(answer, Busy):
            return answer
        return _read(answer, desk, identifier)


def _about(
    profile_id: UUID, names: Mapping[str, str], addresses: Mapping[str, str], traits: Mapping[str, object]
) -> dict[str, object]:
    """What a colleague needs to find the person, and what their system needs to tell of them later."""
    known = {
        "id": str(profile_id),
        "user_id": names.get("user_id"),
        "email": addresses.get(Channel.EMAIL),
        "phone": addresses.get(Channel.SMS),
        "first_name": traits.get("first_name"),
        "last_name": traits.get("last_name"),
    }
    return {name: value for name, value in known.items() if value is not None}


def _task(envelope: Envelope, content: HandOffContent, desk: Desk, about: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": _TYPE,
        "timestamp": envelope.sent_at.isoformat(),
        "data": {
            "to": desk.name,
            "title": content.title,
            "body": content.body,
            "priority": content.priority or desk.priority,
            "message": envelope.message_key,
            "decision_id": str(envelope.decision_id),
            "expires_at": envelope.expires_at.isoformat() if envelope.expires_at is not None else None,
            "profile": about,
        },
    }


def _read(answer: HttpAnswer, desk: Desk, identifier: str) -> Accepted | Rejected | Busy:
    """What a desk's answer means. Any 2xx is a yes, as the specification says; an id in its body is the task's."""
    status = answer.status
    if 200 <= status < 300 or status == _CONFLICT:
        return Accepted(identifier_in(answer) or identifier)
    if status in _NOT_NOW or status >= 500:
        # The webhook-id makes another try harmless, so whether this one arrived is not asked.
        return Busy(retry_after_in(answer), f"{desk.name} is busy: it answered {status}", certain=False)
    if status in (400, 413, 422):
        return Rejected(Reason.PROVIDER_REJECTED, f"{desk.name} refuses the task: it answered {status}")
    return Rejected(Reason.PROVIDER_MISCONFIGURED, f"{desk.name} does not serve us: it answered {status}")
