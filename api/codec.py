"""``/codec``: opens encrypted payloads for Temporal's UI and CLI, where somebody is logged in or a key may operate.

Source: https://docs.temporal.io/codec-server, what a codec server is asked and answers.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request, Response, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from google.protobuf.json_format import MessageToJson, ParseDict, ParseError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import JSONPlainPayloadConverter, PayloadCodec

from api.authentication import bearer
from api.body import read_body, read_json
from api.console.guard import Guard, LoginWanted
from fermata.access import Keys, Scope
from fermata.errors import FermataError, InvalidEvent, Unavailable

_LARGEST = 4 * 1024 * 1024  # bytes; Temporal takes no payload beyond 2 MB, which is 2.7 MB as base64
_MOST = 1000  # payloads of a request
_PLAIN = JSONPlainPayloadConverter()
_bearer = HTTPBearer(auto_error=False, description="A key made by `fermata keys create`.")

FindCodec = Callable[[], Awaitable[PayloadCodec | None]]
"""Returns what reads and writes the payloads of this deployment; None for one that writes in the clear."""

_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "payloads": {
                        "type": "array",
                        "maxItems": _MOST,
                        "items": {
                            "type": "object",
                            "properties": {
                                "metadata": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string", "format": "byte"},
                                },
                                "data": {"type": "string", "format": "byte"},
                            },
                        },
                    }
                },
                "required": ["payloads"],
            }
        }
    },
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "As many payloads, in the same order.", "content": {"application/json": {}}},
    400: {"description": "These are no payloads."},
    401: {"description": "Nobody is logged in at the console, and no key was sent."},
    403: {"description": "The key lacks the scope `operate`, or another site sent this."},
    413: {"description": "The body is too large."},
    429: {"description": "The key asks more often than it may."},
    503: {"description": "Postgres or Temporal does not answer."},
}


async def no_codec() -> PayloadCodec | None:
    """Of an application that has no Temporal."""
    return None


def router(find_codec: FindCodec, keys: Keys, guard: Guard, ui: str | None) -> APIRouter:
    """The routes.

    Args:
        find_codec: Finds what reads and writes.
        keys: Who may call.
        guard: Knows who is logged in at the console.
        ui: Where operators' browsers reach Temporal's UI.
    """
    routes = APIRouter(prefix="/codec", tags=["codec"], dependencies=[Depends(_let_in(keys, guard, ui))])

    @routes.post("/decode", response_class=Response, responses=_ANSWERS, openapi_extra={"requestBody": _BODY})
    async def decode(request: Request) -> Response:
        """Opens payloads. In the place of one that cannot be opened stands why: its person was erased, for example."""
        payloads, codec = await _payloads(request), await find_codec()
        return _answer([await _open(codec, payload) for payload in payloads])

    @routes.post("/encode", response_class=Response, responses=_ANSWERS, openapi_extra={"requestBody": _BODY})
    async def encode(request: Request) -> Response:
        """Encrypts payloads by the key that is no single person's: what asks does not tell whose workflow it is for."""
        payloads, codec = await _payloads(request), await find_codec()
        return _answer(payloads if codec is None else await codec.encode(payloads))

    return routes


def origin_of(address: str) -> str:
    """What a browser calls the site of an address: ``https://temporal.example:8080``."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _let_in(keys: Keys, guard: Guard, ui: str | None) -> Callable[..., Awaitable[None]]:
    by_key = bearer(keys, Scope.OPERATE)
    by_cookie = guard.viewer_who_may(Scope.OPERATE)

    async def check(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
        if sent is not None:
            await by_key(sent)
            return
        _from_the_ui(request, ui)
        try:
            await by_cookie(request)
        except LoginWanted:
            problem = "log in at /console in this browser, or send a key as Authorization: Bearer …"
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers={"WWW-Authenticate": "Bearer"}) from None

    return check


def _from_the_ui(request: Request, ui: str | None) -> None:
    """Refuses what a page of another site sends with the cookie of whoever looks at it."""
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc == request.headers.get("host"):
        return
    if ui is None or origin != origin_of(ui):
        problem = f"{origin} is not where Temporal's UI is; set FERMATA_TEMPORAL_UI to its address"
        raise HTTPException(status.HTTP_403_FORBIDDEN, problem)


async def _payloads(request: Request) -> list[Payload]:
    body = read_json(await read_body(request, most=_LARGEST))
    if not isinstance(body, dict):
        raise InvalidEvent('the body is not {"payloads": […]}')
    try:
        payloads = ParseDict(body, Payloads(), ignore_unknown_fields=True).payloads
    except ParseError as error:
        raise InvalidEvent(f"these are no payloads of Temporal's: {error}") from None
    if len(payloads) > _MOST:
        raise InvalidEvent(f"these are {len(payloads)} payloads; send at most {_MOST} at once", field="payloads")
    return list(payloads)


async def _open(codec: PayloadCodec | None, payload: Payload) -> Payload:
    try:
        return (await codec.decode([payload]))[0] if codec is not None else payload
    except Unavailable:
        raise
    except FermataError as error:  # one that stays closed does not close the others
        told = _PLAIN.to_payload({"unreadable": str(error)})
        return told if told is not None else payload


def _answer(payloads: list[Payload]) -> Response:
    return Response(MessageToJson(Payloads(payloads=payloads), indent=None), media_type="application/json")
