"""Requests to an ad platform, within a time and a size, and what a status means whichever platform it is."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from fermata.channels.port import Busy, Rejected
from fermata.channels.retry_after import read_http_date, read_retry_after
from fermata.vocabulary import Reason

_LONGEST_ANSWER = 1024 * 1024
_NOT_NOW = frozenset({408, 409, 425, 429})
_MISCONFIGURED = frozenset({401, 402, 403, 404, 405, 407, 410})


class AdRequests:
    """A client of one ad platform.

    Args:
        name: What operators call the platform.
        token: Proves who we are.
        timeout: For each step, and twice as much for the whole: far below the lease of what is being told.
    """

    def __init__(self, name: str, token: SecretStr, *, timeout: timedelta = timedelta(seconds=30)) -> None:
        self._name = name
        self._deadline = (2 * timeout).total_seconds()
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token.get_secret_value()}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(timeout.total_seconds()),
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def send(self, method: str, url: str, body: Mapping[str, object]) -> tuple[int, dict[str, Any]] | Busy:
        """Sends one request.

        Returns:
            The status and the JSON object of the answer, empty where it was none; or ``Busy``, where no answer came
            or where it says, in a way that all platforms share, that this is not the time.
        """
        try:
            async with asyncio.timeout(self._deadline):
                status, headers, answer = await self._exchange(method, url, orjson.dumps(body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Busy(None, f"{self._name} cannot be reached: {type(error).__name__}", certain=True)
        except (httpx.RequestError, TimeoutError) as error:
            return Busy(None, f"{self._name} gave no answer: {type(error).__name__}", certain=False)
        if status in _NOT_NOW or status >= 500:
            now = read_http_date(headers.get("Date")) or datetime.now(UTC)
            retry_after = read_retry_after(headers.get("Retry-After"), now=now)
            return Busy(retry_after, f"{self._name} is busy: it answered {status}", certain=False)
        if 200 <= status < 300 and not answer:
            return Busy(None, f"{self._name}: the answer to {status} makes no sense", certain=False)
        return status, answer

    async def _exchange(self, method: str, url: str, body: bytes) -> tuple[int, httpx.Headers, dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        async with self._client.stream(method, url, content=body, headers=headers) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > _LONGEST_ANSWER:
                    return response.status_code, response.headers, {}
            return response.status_code, response.headers, _object(bytes(received))


def refusal(name: str, status: int, words: str) -> Rejected:
    """What an answer that is neither a yes nor a "not now" means.

    Args:
        name: The platform's.
        status: Of the answer.
        words: Of the platform, without a match key.
    """
    if status in _MISCONFIGURED or status < 400:
        return Rejected(Reason.PROVIDER_MISCONFIGURED, f"{name} does not serve us: {status} {words}"[:300])
    return Rejected(Reason.PROVIDER_REJECTED, f"{name} refuses the request: {status} {words}"[:300])


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
