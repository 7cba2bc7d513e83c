"""``POST /v1/{track,identify,batch}`` in the Segment spec: answered only after the commit."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import orjson
from fastapi import APIRouter, HTTPException, Request, Response, status

from api import ingest_documentation as documentation
from api.authentication import WriteKey, check_write_key
from api.body import read_body, read_json
from api.json_response import JsonResponse
from fermata.access import Keys
from fermata.errors import InvalidEvent
from fermata.events import LARGEST_MESSAGE, IncomingEvent, Kind, Rejection, parse, read_instant
from fermata.ingest import Ingest, Receipt

_LARGEST_BATCH = 500 * 1024
_MOST_MESSAGES = 2500  # in a batch; with the size, the limits of Segment


def router(ingest: Ingest, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        ingest: Where events go.
        keys: Who may send them.
    """
    routes = APIRouter(prefix="/v1", tags=["ingest"])
    door = _Door(ingest, keys)

    def take(kind: Kind) -> None:
        @routes.post(f"/{kind}", name=kind, **documentation.of_message(kind))
        async def _(request: Request, key: WriteKey) -> Response:
            return await door.take_message(request, key, kind)

    for kind in get_args(Kind):
        take(kind)

    @routes.post("/batch", name="batch", **documentation.of_batch())
    async def _(request: Request, key: WriteKey) -> Response:
        return await door.take_batch(request, key)

    return routes


class _Door:
    """From a request to its answer."""

    def __init__(self, ingest: Ingest, keys: Keys) -> None:
        self._ingest = ingest
        self._keys = keys

    async def take_message(self, request: Request, key: WriteKey, kind: Kind) -> Response:
        now = datetime.now(UTC)
        payload = await self._open(request, key, most=LARGEST_MESSAGE, now=now)
        try:
            event = parse(payload, received_at=now, kind=kind)
        except InvalidEvent as error:
            await self._ingest.accept((), (_rejection(error, payload),), now)
            raise
        return _answer(await self._ingest.accept((event,), (), now), [])

    async def take_batch(self, request: Request, key: WriteKey) -> Response:
        now = datetime.now(UTC)
        body = await self._open(request, key, most=_LARGEST_BATCH, now=now)
        try:
            messages, sent_at = _open_batch(body)
        except InvalidEvent as error:
            await self._ingest.accept((), (_rejection(error, body),), now)
            raise
        events: list[IncomingEvent] = []
        rejections: list[Rejection] = []
        told: list[dict[str, Any]] = []
        for index, message in enumerate(messages):
            try:
                events.append(parse(message, received_at=now, sent_at=sent_at, position=index))
            except InvalidEvent as error:
                rejections.append(_rejection(error, message))
                told.append(_told(index, message, error))
        return _answer(await self._ingest.accept(events, rejections, now), told)

    async def _open(self, request: Request, key: WriteKey, *, most: int, now: datetime) -> object:
        """Reads the body and checks the key, wherever it stands. The key is taken out: it is to be stored nowhere."""
        body = await read_body(request, most=most)
        try:
            payload = read_json(body)
        except InvalidEvent as error:
            await check_write_key(self._keys, key, None)
            await self._ingest.accept((), (Rejection(error.field, str(error), _text(body)),), now)
            raise
        in_body = payload.pop("writeKey", None) if isinstance(payload, dict) else None
        await check_write_key(self._keys, key, in_body)
        return payload


def _open_batch(body: object) -> tuple[list[object], datetime | None]:
    if not isinstance(body, Mapping):
        raise InvalidEvent(f"a batch must be a JSON object, not {type(body).__name__}")
    messages = body.get("batch")
    if not isinstance(messages, list):
        raise InvalidEvent("must be a list of messages", field="batch")
    context = body.get("context") or {}
    if not isinstance(context, Mapping):
        raise InvalidEvent("must be an object", field="context")
    sent_at = read_instant(body.get("sentAt"), field="sentAt")
    if len(messages) > _MOST_MESSAGES:
        problem = f"a batch of {len(messages):,} messages; at most {_MOST_MESSAGES:,} are taken at once"
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, problem)
    return [_in_context(message, context) for message in messages], sent_at


def _in_context(message: object, shared: Mapping[str, Any]) -> object:
    """A message with what the batch says of the context of all its messages; its own goes first."""
    if not shared or not isinstance(message, dict):
        return message
    own = message.get("context")
    if own is not None and not isinstance(own, dict):
        return message
    return {**message, "context": {**shared, **(own or {})}}


def _told(index: int, message: object, error: InvalidEvent) -> dict[str, Any]:
    message_id = message.get("messageId") if isinstance(message, dict) else None
    return {
        "index": index,
        "messageId": message_id if isinstance(message_id, str | int | float) else None,
        "field": error.field,
        "message": str(error),
    }


def _answer(receipt: Receipt, rejected: list[dict[str, Any]]) -> Response:
    return JsonResponse(
        {
            "success": True,
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": rejected,
        }
    )


def _rejection(error: InvalidEvent, payload: object) -> Rejection:
    try:
        text = _text(orjson.dumps(payload))
    except TypeError:  # deeper than orjson writes
        text = ""
    return Rejection(error.field, str(error), text)


def _text(payload: bytes) -> str:
    return payload[:LARGEST_MESSAGE].decode(errors="replace").replace("\0", "\ufffd")
