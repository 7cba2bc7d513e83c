"""``POST /webhooks/{provider}``: what providers tell of messages and what people answer, taken before the answer."""

from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request, Response, status

from api.body import read_body
from api.json_response import JsonResponse
from fermata.errors import BadSignature, InvalidEvent
from fermata.events.webhooks import Delivery
from fermata.feedback import FeedbackDoor, Keyword, Taken, TextDoor
from fermata.feedback.amazon import Amazon
from fermata.feedback.sources import Teller, Tellers
from fermata.feedback.twiml import TWIML, reply

_log = structlog.get_logger("fermata.api")
_LARGEST = 1024 * 1024  # bytes; SendGrid's largest batch is 768 KB
_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken. What was taken before has no effect; what is about no message of ours is kept aside."},
    400: {"description": "It makes no sense; nothing is stored."},
    401: {"description": "The signature does not fit, or is older than five minutes. Nothing is stored."},
    413: {"description": "Larger than 1 MB."},
    503: {"description": "The database, or Amazon with its certificate, is away; nothing is stored, send it again."},
}


def router(door: FeedbackDoor, texts: TextDoor, tellers: Tellers, public_url: str, amazon: Amazon) -> APIRouter:
    """The routes, one for each provider that is declared. They go before those of other webhooks.

    Args:
        door: Where words on messages go.
        texts: Where texts of people go.
        tellers: Who may send.
        public_url: Where providers reach us: some sign the address that they call.
        amazon: Where the certificates are with which Amazon signs.
    """
    routes = APIRouter(prefix="/webhooks", tags=["webhooks"])

    def open_door(teller: Teller) -> None:
        @routes.post(f"/{teller.name}", name=f"feedback_{teller.name}", responses=_DOCUMENTED)
        async def _(request: Request) -> Response:
            """Takes what a provider tells."""
            now = datetime.now(UTC)
            body = await read_body(request, most=_LARGEST)
            delivery = Delivery(headers=dict(request.headers), body=body, received_at=now)
            query = f"?{request.url.query}" if request.url.query else ""
            await _believe(teller, delivery, f"{public_url.rstrip('/')}{request.url.path}{query}", amazon)
            told = teller.understand(delivery, request.query_params)
            if told.confirm is not None:
                await amazon.confirm(told.confirm)
                _log.info("subscription confirmed", source=teller.name)
            taken = await door.take(told.words, now) if told.words else Taken()
            asked = [(await texts.take(text, now)).keyword for text in told.texts]
            if teller.kind == "twilio":
                return Response(reply(teller.help if Keyword.HELP in asked else None), media_type=TWIML)
            return JsonResponse(
                {
                    "success": True,
                    "accepted": taken.taken + len(asked),
                    "duplicates": taken.duplicates,
                    "unknown": taken.unknown,
                    "not_understood": told.not_understood,
                }
            )

    for teller in tellers.values():
        open_door(teller)
    return routes


async def _believe(teller: Teller, delivery: Delivery, url: str, amazon: Amazon) -> None:
    try:
        await teller.believe(delivery, url, amazon)
    except (BadSignature, InvalidEvent) as error:
        _log.warning("feedback not believed", source=teller.name, reason=str(error))
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(error)) from None
