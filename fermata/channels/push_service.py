"""The port of push services: one notification goes to one device. What they all ask for is worked out here."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from fermata.channels.devices import Device
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, Rejected

LONGEST_LIFE = timedelta(days=28)
"""What FCM keeps a notification for at most; push services of browsers keep it no longer either."""

_USUAL_LIFE = timedelta(days=1)
"""Of a message that does not expire: yesterday's push is no use to anybody, and its window is over."""


class PushService(Protocol):
    """Carries notifications to devices of one sort. It never raises for what the other side answers."""

    @property
    def name(self) -> str:
        """What operators call it."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can be relied on for."""
        ...

    def reaches(self, device: Device) -> bool:
        """Whether a device is of its sort."""
        ...

    async def deliver(self, device: Device, envelope: Envelope, key: str) -> Accepted | Rejected | Busy:
        """Hands one notification over for one device.

        Args:
            device: One that it reaches.
            envelope: The message.
            key: The idempotency key of this message on this device.

        Returns:
            ``Rejected`` with ``no_push_token`` where the service knows the device no more.
        """
        ...

    async def aclose(self) -> None:
        """Gives its connections back."""
        ...


def life_of(envelope: Envelope) -> timedelta:
    """How long a service may keep a notification for a device that is switched off: until it is no use any more."""
    if envelope.expires_at is None:
        return _USUAL_LIFE
    return min(max(envelope.expires_at - envelope.sent_at, timedelta(0)), LONGEST_LIFE)


def collapse_key(envelope: Envelope) -> str:
    """Says which notifications take each other's place on a device: those of one message, 32 letters of base64url.

    By the message and not by the send: FCM keeps four keys a device, and a reminder replaces the one before it. The
    same send twice replaces itself: no service knows an idempotency key, and this is what comes closest.
    """
    return urlsafe_b64encode(sha256(envelope.message_key.encode()).digest()).decode()[:32]
