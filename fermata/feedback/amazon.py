"""What Amazon is asked for to believe it: certificates, and the confirmation of a subscription."""

import asyncio
from datetime import timedelta

import httpx
from cryptography.x509 import Certificate, load_pem_x509_certificate

from fermata.errors import BadSignature, Unavailable

_LARGEST = 32 * 1024
_MOST_KEPT = 16
_PATIENCE = timedelta(seconds=5)


class Amazon:
    """Fetches from SNS, and keeps certificates: SNS signs for months with one.

    It calls only addresses that were checked before (``fermata.feedback.sns``), follows no redirect, and reads no more
    than a certificate's length.

    Args:
        transport: Another way to Amazon, for tests.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._kept: dict[str, Certificate] = {}
        self._one_at_a_time = asyncio.Lock()

    async def certificate(self, url: str) -> Certificate:
        """The certificate at an address of SNS.

        Raises:
            BadSignature: There is none.
            Unavailable: Amazon does not answer; SNS sends the message again.
        """
        if url not in self._kept:
            async with self._one_at_a_time:
                if url not in self._kept:
                    read = await self._fetch(url)
                    if len(self._kept) >= _MOST_KEPT:
                        self._kept.pop(next(iter(self._kept)))
                    self._kept[url] = read
        return self._kept[url]

    async def confirm(self, url: str) -> None:
        """Confirms a subscription.

        Args:
            url: As ``confirmation_of`` gave it.

        Raises:
            Unavailable: Amazon does not answer, or not as it should; SNS asks again.
        """
        status, _ = await self._get(url)
        if status != 200:
            raise Unavailable(f"Amazon answered {status} to the confirmation of the subscription; it asks again")

    async def _fetch(self, url: str) -> Certificate:
        status, body = await self._get(url)
        if status >= 500 or status == 429:
            raise Unavailable(f"Amazon answered {status} when asked for a certificate; it sends the message again")
        if status != 200:
            raise BadSignature(f"there is no certificate where the message says: Amazon answered {status}")
        try:
            return load_pem_x509_certificate(body)
        except ValueError:
            raise BadSignature("what lies where the message says is no certificate") from None

    async def _get(self, url: str) -> tuple[int, bytes]:
        client = httpx.AsyncClient(transport=self._transport, timeout=_PATIENCE.total_seconds(), follow_redirects=False)
        received = bytearray()
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()), client, client.stream("GET", url) as response:
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > _LARGEST:
                        break
                return response.status_code, bytes(received)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"Amazon does not answer ({type(error).__name__}); it sends the message again") from None
