"""``POST /webhooks/{source}``: what other systems tell by signed webhooks, answered after the commit."""

from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request, Response, status

from api.body import read_body
from api.ingest import answer
from api.ingest_documentation import Accepted
from api.meters import ApiMeters
from fermata.errors import BadSignature, NotFound
from fermata.events.verbs import Verbs
from fermata.events.webhooks import Delivery, Sources, read_webhook, verify
from fermata.ingest import Ingest

_log = structlog.get_logger("fermata.api")
_LARGEST = 1024 * 1024  # bytes: an order with some hundred lines; each event in it is bounded like any other
_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "As the sender writes it; its signature proves every byte.",
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    "responses": {
        "401": {"description": "The signature does not fit, or is older than five minutes. Nothing is stored."},
        "404": {"description": "No source of that name is declared."},
        "413": {"description": "Larger than 1 MB."},
        "503": {"description": "The database is away; nothing is stored, send it again."},
    },
}


def router(ingest: Ingest, sources: Sources, meters: ApiMeters, verbs: Verbs | None) -> APIRouter:
    """The routes.

    Args:
        ingest: Where events go.
        sources: Who may send.
        meters: What counts them.
        verbs: The standard events; those that ship where it is None.
    """
    routes = APIRouter(prefix="/webhooks", tags=["webhooks"])

    @routes.post("/{source}", response_model=Accepted, openapi_extra=_BODY)
    async def take(source: str, request: Request) -> Response:
        """Takes a webhook. What is believed but not understood is kept aside and answered with 200.

        A sender that were refused would send the same again for days, and then nothing any more.
        """
        known = sources.get(source)
        if known is None:
            raise NotFound(f"no source {source[:64]!r} is declared here; the file in FERMATA_WEBHOOKS lists them")
        now = datetime.now(UTC)
        body = await read_body(request, most=_LARGEST)
        delivery = Delivery(headers=dict(request.headers), body=body, received_at=now)
        try:
            verify(known.scheme, delivery, known.secrets)
        except BadSignature as error:
            _log.warning("webhook not believed", source=source, reason=str(error))
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(error)) from None
        reading = read_webhook(known, delivery, verbs)
        receipt = await ingest.accept(reading.events, reading.rejections, now)
        meters.took("webhook", receipt)
        return answer(receipt, reading)

    return routes
