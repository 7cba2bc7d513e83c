"""A stand-in for SendGrid's Mail Send on loopback: it checks who asks and what, and has room for so many mails."""

from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer

KEY = "SG.key-of-the-tests"
_WANTED = {"personalizations", "from", "subject", "content"}
_RESERVED = {"received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from", "subject"}


class SendGridServer(HttpServer):
    """The stand-in, in this process.

    Args:
        room: So many mails are taken; those after them are too many for now (429).
    """

    def __init__(self, *, room: int) -> None:
        self.mails: list[dict[str, Any]] = []
        self._room = room
        super().__init__(Starlette(routes=[Route("/v3/mail/send", self._take, methods=["POST"])]))

    async def _take(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _problem(401, "authorization", "The provided authorization grant is invalid")
        mail = orjson.loads(await request.body())
        if missing := _WANTED - mail.keys():
            return _problem(400, min(missing), "is required")
        if [each["type"] for each in mail["content"]] != ["text/plain", "text/html"]:
            return _problem(400, "content", "text/plain must come before text/html")
        if any(name.lower() in _RESERVED for name in mail["headers"]):
            return _problem(400, "headers", "a reserved header")
        if len(self.mails) >= self._room:
            return _problem(429, "", "too many requests")
        self.mails.append(mail)
        return Response(status_code=202, headers={"X-Message-Id": f"sg-{len(self.mails)}"})


def _problem(status: int, field: str, message: str) -> Response:
    return JSONResponse({"errors": [{"field": field, "message": message}]}, status)
