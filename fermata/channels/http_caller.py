"""One HTTP request to a provider, within bounds of time and size, and what its failing means for the message."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import httpx

from fermata.channels.http_answers import HttpAnswer
from fermata.channels.port import Busy, without_address
from fermata.trace_context import trace_headers

_LONGEST_ANSWER = 64 * 1024


class HttpCaller:
    """Posts, over connections that stay open. It follows no redirect: what is said to one host is for that host.

    Args:
        name: What operators call the other side.
        timeout: For each step, and three times as much for the whole.
        connections: The most that are open at once; further requests wait for one.
        headers: Of every request.
        login: User and password, where the other side asks for HTTP Basic.
    """

    def __init__(
        self,
        name: str,
        *,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 16,
        headers: Mapping[str, str] = MappingProxyType({}),
        login: tuple[str, str] | None = None,
    ) -> None:
        self._name = name
        self._deadline = (3 * timeout).total_seconds()
        self._client = httpx.AsyncClient(
            auth=login,
            # Unpacked, so that what is read is what counts against the limit.
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(timeout.total_seconds()),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] = MappingProxyType({}),
        *,
        address: str = "",
        method: str = "POST",
    ) -> HttpAnswer | Busy:
        """Posts once.

        Args:
            url: Where to.
            body: What.
            headers: Beside those of every request.
            address: Taken out of what is told of a failure.
            method: Another one, where the other side wants it for the same kind of request.

        Returns:
            ``Busy`` where no answer came: for certain where the other side was never reached.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._post(method, url, body, headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Busy(None, f"{self._name} cannot be reached: {_words(error, address)}", certain=True)
        except (httpx.RequestError, httpx.InvalidURL, TimeoutError) as error:
            return Busy(None, f"{self._name} gave no answer: {_words(error, address)}", certain=False)

    async def _post(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        async with self._client.stream(method, url, content=body, headers={**headers, **trace_headers()}) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > _LONGEST_ANSWER:
                    return HttpAnswer(response.status_code, response.headers, None)
            return HttpAnswer(response.status_code, response.headers, bytes(received))


def _words(error: Exception, address: str) -> str:
    return without_address(str(error) or type(error).__name__, address)
