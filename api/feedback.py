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
from fermata.feedback.reading import Told
from fermata.feedback.sources import Teller, Tellers
from fermata.feedback.twiml import TWIML, reply

_log = structlog.get_logger("fermata.api")
_LARGEST = 1024 * 1024  # bytes; SendGrid's largest batch is 768 KB
_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken. What was taken before has no effect; what is about no message of ours is kept aside."},
    400: {"description": "It makes no sense; nothing is stored."},
    401: {"description": "The signature does not fit, or is older than five minutes. Nothing is stored."},
    413: {"description": "Larger than 1 MB."},
    503: {"description": "The database is away; nothing is stored, send it again."},
}


def router(door: FeedbackDoor, texts: TextDoor, tellers: Tellers, public_url: str) -> APIRouter:
    """The routes, one for each provider that is declared. They go before those of other webhooks.

    Args:
        door: Where words on messages go.
        texts: Where texts of people go.
        tellers: Who may send.
        public_url: Where providers reach us: some sign the address that they call.
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
            told = _believed(teller, delivery, f"{public_url.rstrip('/')}{request.url.path}{query}", request)
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


def _believed(teller: Teller, delivery: Delivery, url: str, request: Request) -> Told:
    try:
        teller.believe(delivery, url)
    except (BadSignature, InvalidEvent) as error:
        _log.warning("feedback not believed", source=teller.name, reason=str(error))
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(error)) from None
    return teller.understand(delivery, request.query_params)
