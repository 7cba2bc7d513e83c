"""``POST /v1/{track,identify,page,screen,group,alias,batch,import}`` in the Segment spec: answered after the commit."""

from datetime import UTC, datetime
from typing import get_args

from fastapi import APIRouter, HTTPException, Request, Response, status

from api import ingest_documentation as documentation
from api.authentication import WriteKey, check_write_key
from api.body import read_body, read_json
from api.json_response import JsonResponse
from api.meters import ApiMeters
from fermata.access import Keys
from fermata.errors import InvalidEvent
from fermata.events import LARGEST_MESSAGE, Door, Reading, TooManyMessages, read, rejection
from fermata.events.verbs import Verbs
from fermata.ingest import Gathering, Ingest, Receipt

_LARGEST_BATCH = 500 * 1024  # the limit of Segment


def router(ingest: Ingest, keys: Keys, meters: ApiMeters, verbs: Verbs | None = None) -> APIRouter:
    """The routes.

    Args:
        ingest: Where events go.
        keys: Who may send them.
        meters: What counts them.
        verbs: The standard events; those that ship where it is None.
    """
    routes = APIRouter(prefix="/v1", tags=["ingest"])
    gathering = Gathering(ingest)

    def open_door(door: Door) -> None:
        @routes.post(f"/{door}", name=door, **documentation.of(door))
        async def _(request: Request, key: WriteKey) -> Response:
            now = datetime.now(UTC)
            try:
                reading = await _read(request, key, door, ingest, keys, verbs, now)
            except InvalidEvent:
                meters.took(door, Receipt(0, 0, 1))
                raise
            if len(reading.events) == 1 and not reading.rejections:
                receipt = await gathering.accept(reading.events[0], now)
            else:
                receipt = await ingest.accept(reading.events, reading.rejections, now)
            meters.took(door, receipt)
            return answer(receipt, reading)

    for door in get_args(Door):
        open_door(door)
    return routes


async def _read(
    request: Request, key: WriteKey, door: Door, ingest: Ingest, keys: Keys, verbs: Verbs | None, now: datetime
) -> Reading:
    """From a request to what it says. What is refused as a whole is kept aside before the sender is told."""
    body = await read_body(request, most=_LARGEST_BATCH if door in ("batch", "import") else LARGEST_MESSAGE)
    payload: object = body
    try:
        payload = await _opened(body, key, keys)
        return read(door, payload, received_at=now, verbs=verbs)
    except TooManyMessages as error:
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, str(error)) from None
    except InvalidEvent as error:
        await ingest.accept((), (rejection(door, payload, error),), now)
        raise


async def _opened(body: bytes, key: WriteKey, keys: Keys) -> object:
    """Parses the body and checks the key, wherever it stands. The key is taken out: it is to be stored nowhere."""
    try:
        payload = read_json(body)
    except InvalidEvent:
        await check_write_key(keys, key, None)
        raise
    in_body = payload.pop("writeKey", None) if isinstance(payload, dict) else None
    await check_write_key(keys, key, in_body)
    return payload


def answer(receipt: Receipt, reading: Reading) -> Response:
    """What a sender is told after the commit.

    Args:
        receipt: What became of it.
        reading: What it said.
    """
    rejected = [
        {
            "index": refused.index,
            "messageId": refused.message_id,
            "field": refused.rejection.field,
            "message": refused.rejection.message,
        }
        for refused in reading.refused
    ]
    return JsonResponse(
        {
            "success": True,
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": rejected,
            # What is set aside needs nothing of its sender: it is here, and whoever operates this sends it again.
            **({"set_aside": sorted(receipt.set_aside)} if receipt.set_aside else {}),
        }
    )
