"""One batch through the HTTP ingest: compressed, tried again while the door is shut, and its answer understood."""

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

from cli.demo.batch import Batch
from fermata.errors import ConfigurationError, InvalidEvent, Unavailable

_LONGEST_OUTAGE = 60.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_TIME_TO_ANSWER = 30.0
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_GATEWAY})


@dataclass(frozen=True)
class Rejection:
    """An event that the door refused.

    Args:
        index: Its place in the batch, from 0.
        field: Dotted path of the field at fault; "" for the whole event.
        message: What is wrong.
    """

    index: int
    field: str
    message: str


@dataclass(frozen=True)
class Answer:
    """What the door said to a batch, in events."""

    accepted: int
    duplicates: int
    rejected: tuple[Rejection, ...]


class TooLarge(InvalidEvent):
    """The door finds the whole request too large or cannot read it: the batch must be sent in parts."""


class Door:
    """The HTTP ingest of a Fermata.

    Args:
        client: With the API as its base address.
        write_key: The user name of HTTP Basic.
        longest_outage: Seconds for which a shut door is tried again before it counts as away.
    """

    def __init__(self, client: httpx.AsyncClient, write_key: str, *, longest_outage: float = _LONGEST_OUTAGE) -> None:
        self._client = client
        self._auth = httpx.BasicAuth(write_key, "")
        self._longest_outage = longest_outage

    async def post(self, batch: Batch) -> Answer:
        """Sends a batch and waits until it is committed.

        Raises:
            ConfigurationError: The write key is wrong, or there is no ingest at this address.
            TooLarge: The request as a whole was refused.
            Unavailable: The door stayed shut for longer than the limit.
        """
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._longest_outage
        pause = _FIRST_PAUSE
        while True:
            response, why = await self._try(batch)
            if response is not None:
                return _understood(response, len(batch.events))
            wait = max(pause, why.retry_after)
            if loop.time() + wait > give_up_at:
                raise Unavailable(f"the ingest at {self._client.base_url} stays shut: {why.words}")
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _try(self, batch: Batch) -> tuple[httpx.Response | None, "_Shut"]:
        content = gzip.compress(batch.body(datetime.now(UTC)), compresslevel=5)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        try:
            response = await self._client.post(
                "/v1/batch", content=content, headers=headers, auth=self._auth, timeout=_TIME_TO_ANSWER
            )
        except httpx.TransportError as error:
            return None, _Shut(str(error) or type(error).__name__)
        if response.status_code in _LATER:
            return None, _Shut(f"it answers {response.status_code}", _seconds(response.headers))
        return response, _Shut("")


@dataclass(frozen=True)
class _Shut:
    words: str
    retry_after: float = 0.0


def _seconds(headers: Mapping[str, str]) -> float:
    said = headers.get("Retry-After", "")
    return min(float(said), _LONGEST_PAUSE) if said.isdecimal() else 0.0


def _understood(response: httpx.Response, sent: int) -> Answer:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        raise ConfigurationError(f"the ingest at {response.url} refuses the write key")
    if response.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
        answer = _json(response)
        if "rejected" not in answer:
            raise TooLarge(str(answer.get("message") or answer.get("detail") or response.text[:200]))
        return _counted(answer, sent)
    if response.status_code != HTTPStatus.OK:
        raise ConfigurationError(
            f"the ingest at {response.url} answers {response.status_code} {response.text[:200]!r}; is it Fermata's?"
        )
    return _counted(_json(response), sent)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _counted(answer: dict[str, Any], sent: int) -> Answer:
    rejected = tuple(
        Rejection(int(one["index"]), str(one.get("field", "")), str(one.get("message", "")))
        for one in answer.get("rejected", ())
    )
    duplicates = int(answer.get("duplicates", 0))
    return Answer(sent - duplicates - len(rejected), duplicates, rejected)
