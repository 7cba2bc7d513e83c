"""Push to devices through the HTTP provider of our own shape: one request a device."""

from dataclasses import replace

from fermata.channels.devices import Device
from fermata.channels.http_provider import HttpProvider
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, Rejected


class PushOverHttp:
    """Reaches whatever has a token of its own.

    Args:
        provider: Carries single messages; closed with this.
    """

    def __init__(self, provider: HttpProvider) -> None:
        self._provider = provider
        self.name: str = provider.name
        self.capabilities: Capabilities = provider.capabilities

    def reaches(self, device: Device) -> bool:
        """All but browsers' subscriptions, which only their own services can be written to by."""
        return device.keys is None

    async def deliver(self, device: Device, envelope: Envelope, key: str) -> Accepted | Rejected | Busy:
        """Sends one request, with the device's token as the address."""
        return await self._provider.send(replace(envelope, address=device.token, idempotency_key=key))

    async def aclose(self) -> None:
        """Closes the provider."""
        await self._provider.aclose()
