"""A provider that is never asked: for tests of who would be."""

from fermata.channels import Accepted, Busy, Capabilities, Envelope, Rejected
from fermata.vocabulary import Channel


class Silent:
    """Has a name and a channel, and sends nothing."""

    capabilities = Capabilities(honours_idempotency_key=True, unknown="resend")

    def __init__(self, name: str, channel: Channel = Channel.SMS) -> None:
        self.name = name
        self.channel = channel

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Is never called."""
        raise AssertionError(f"{self.name} was asked to send {envelope.message_key}")

    async def aclose(self) -> None:
        """Has nothing to give back."""
