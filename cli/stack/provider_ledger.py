"""What the stand-in provider remembers: each message by its idempotency key, how often it was asked for, and sent."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field


class ProviderMessage(BaseModel):
    """One message, known by its key.

    Args:
        id: The provider's name for it.
        account: Who sent it: the path before ``/v1``, for example ``"push"``.
        key: The ``Idempotency-Key``.
        seen: How many requests carried the key.
        delivered: How many times the person got it: 0 or 1.
        first_seen_at: When the first of them came in.
        body: The JSON of the first request.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    account: str
    key: str
    seen: int
    delivered: int
    first_seen_at: datetime
    body: dict[str, Any]


class Fault(BaseModel):
    """What the provider does wrong in the next requests.

    Args:
        status: The HTTP status that it answers with.
        times: In how many requests.
        retry_after: Seconds, sent in the header ``Retry-After``; None leaves it out.
        after_delivery: True delivers the message first, and only then fails: the sender cannot know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: int = Field(default=HTTPStatus.SERVICE_UNAVAILABLE, ge=400, le=599)
    times: int = Field(default=1, ge=1)
    retry_after: int | None = Field(default=None, ge=0)
    after_delivery: bool = False


@dataclass(frozen=True)
class Reply:
    """How a request is to be answered.

    Args:
        status: The HTTP status.
        message_id: The message's id; None where the provider fails.
        retry_after: Seconds for ``Retry-After``; None for no such header.
    """

    status: int
    message_id: str | None
    retry_after: int | None = None


class ProviderLedger:
    """The provider's memory. A key that it knows is answered as before, and not delivered again."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, str], ProviderMessage] = {}
        self._faults: deque[Fault] = deque()
        self.delay = timedelta(0)

    @property
    def messages(self) -> Sequence[ProviderMessage]:
        """All that it was asked to send, the oldest first, also what it failed to."""
        return tuple(self._messages.values())

    def fail_next(self, fault: Fault) -> None:
        """Lets the next requests fail, after those that are to fail already.

        Args:
            fault: How.
        """
        self._faults.append(fault)

    def fail_no_more(self) -> None:
        """Forgets what was to fail."""
        self._faults.clear()

    def take(self, account: str, key: str, body: dict[str, Any]) -> Reply:
        """Takes a request to send.

        Args:
            account: Who asks.
            key: The idempotency key.
            body: What is to be sent.
        """
        fault = self._next_fault()
        delivers = fault is None or fault.after_delivery
        known = self._messages.get((account, key))
        if known is None:
            now = datetime.now(UTC)
            known = ProviderMessage(
                id=str(uuid4()), account=account, key=key, seen=0, delivered=0, first_seen_at=now, body=body
            )
        message = known.model_copy(
            update={"seen": known.seen + 1, "delivered": 1 if delivers else known.delivered},
        )
        self._messages[account, key] = message
        if fault is not None:
            return Reply(status=fault.status, message_id=None, retry_after=fault.retry_after)
        return Reply(status=HTTPStatus.ACCEPTED, message_id=message.id)

    def _next_fault(self) -> Fault | None:
        if not self._faults:
            return None
        fault = self._faults.popleft()
        if fault.times > 1:
            self._faults.appendleft(fault.model_copy(update={"times": fault.times - 1}))
        return fault
