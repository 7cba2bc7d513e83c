"""A stand-in for Twilio on loopback: takes texts as its API does, checks who asks, and calls back signed."""

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer

ACCOUNT = "AC" + "0" * 32
TOKEN = "the token of an account"
SERVICE = "MG" + "0" * 32
_ALLOWED = {
    "To",
    "Body",
    "From",
    "MessagingServiceSid",
    "StatusCallback",
    "ValidityPeriod",
}


@dataclass(frozen=True)
class Fault:
    """How the next request is answered instead."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class TwilioServer(HttpServer):
    """Twilio, in this process. It speaks form-encoded HTTP with Basic authentication, and delivers at once."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.faults: deque[Fault] = deque()
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        super().__init__(Starlette(routes=[Route(path, self._take, methods=["POST"])]))

    async def _take(self, request: Request) -> Response:
        wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return JSONResponse({"code": 20003, "message": "Authenticate"}, HTTPStatus.UNAUTHORIZED)
        form = dict(parse_qsl((await request.body()).decode(), strict_parsing=True))
        if unknown := form.keys() - _ALLOWED:
            return JSONResponse({"code": 21100, "message": f"unknown {unknown}"}, HTTPStatus.BAD_REQUEST)
        if not form.get("To") or not form.get("Body") or not (form.get("From") or form.get("MessagingServiceSid")):
            return JSONResponse({"code": 21604, "message": "a field is missing"}, HTTPStatus.BAD_REQUEST)
        if self.faults:
            fault = self.faults.popleft()
            return JSONResponse(dict(fault.body), fault.status, headers=dict(fault.headers))
        form["sid"] = f"SM{len(self.texts):032x}"
        self.texts.append(form)
        return JSONResponse({"sid": form["sid"], "status": "queued", "num_segments": "1"}, HTTPStatus.CREATED)

    async def tell(
        self, text: Mapping[str, str], status: str, *, public: str, here: str, **more: str
    ) -> httpx.Response:
        """Calls the status callback of a text.

        Args:
            text: One of ``texts``.
            status: What became of it.
            public: The base address that Twilio was given, which is what it signs.
            here: Where that is on loopback.
            more: Further fields, such as ``ErrorCode``.
        """
        form = {"MessageSid": text["sid"], "MessageStatus": status, "To": text["To"], **more}
        return await _call(text["StatusCallback"], form, public, here)

    async def write(self, callback: str, sender: str, body: str, *, sid: str, public: str, here: str) -> httpx.Response:
        """Tells of a text that somebody wrote.

        Args:
            callback: The webhook of the number.
            sender: Who wrote, in E.164.
            body: What.
            sid: Twilio's id of it.
            public, here: As of ``tell``.
        """
        form = {"MessageSid": sid, "SmsStatus": "received", "From": sender, "To": "+15005550006", "Body": body}
        return await _call(callback, form, public, here)


async def _call(url: str, form: Mapping[str, str], public: str, here: str) -> httpx.Response:
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    async with httpx.AsyncClient() as client:
        return await client.post(url.replace(public, here), data=dict(form), headers={"X-Twilio-Signature": signature})
