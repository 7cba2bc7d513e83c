"""A stand-in for Amazon SES on loopback: it checks the signature of each request by itself, and the mail in it."""

import base64
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer

ACCESS_KEY = "AKIAOFTHETESTS00"
SECRET = "a+secret/access+key+of+the+tests+0123456"
REGION = "eu-west-1"


@dataclass(frozen=True)
class Fault:
    """What is answered next instead."""

    status: int
    kind: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class SesMail:
    """A mail that it took."""

    id: str
    asked: dict[str, Any]
    mail: EmailMessage

    @property
    def tags(self) -> dict[str, str]:
        """What events tell with each word on the mail."""
        return {tag["Name"]: tag["Value"] for tag in self.asked["EmailTags"]}


class SesServer(HttpServer):
    """The stand-in, in this process.

    Args:
        room: So many mails are taken; those after them are too many for now (429). None for any number.
    """

    def __init__(self, *, room: int | None = None) -> None:
        self._room = room
        self.mails: list[SesMail] = []
        self.faults: deque[Fault] = deque()
        routes = [Route("/v2/email/outbound-emails", self._take, methods=["POST"])]
        super().__init__(Starlette(routes=routes))

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if not _is_signed(request, body):
            return _problem(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        if self.faults:
            fault = self.faults.popleft()
            if fault.body is not None:
                return Response(fault.body, fault.status, headers=fault.headers)
            return _problem(fault.status, fault.kind, fault.message, fault.headers)
        if len(self.mails) == self._room:
            return _problem(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
        asked = orjson.loads(body)
        assert set(asked) <= {"FromEmailAddress", "Destination", "Content", "EmailTags", "ConfigurationSetName"}
        mail = message_from_bytes(base64.b64decode(asked["Content"]["Raw"]["Data"]), policy=default)
        assert isinstance(mail, EmailMessage)
        assert asked["Destination"]["ToAddresses"] == [mail["To"].addresses[0].addr_spec]
        assert asked["FromEmailAddress"] == mail["From"].addresses[0].addr_spec
        for tag in asked["EmailTags"]:
            assert all(each.isalnum() or each in "_-." for each in tag["Name"] + tag["Value"])
        taken = SesMail(f"0102-{len(self.mails):08x}-000000", asked, mail)
        self.mails.append(taken)
        return JSONResponse({"MessageId": taken.id})


def _is_signed(request: Request, body: bytes) -> bool:
    algorithm, _, rest = request.headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    stamp = request.headers["X-Amz-Date"]
    at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    scope = f"{stamp[:8]}/{REGION}/ses/aws4_request"
    assert (algorithm, parts["Credential"]) == ("AWS4-HMAC-SHA256", f"{ACCESS_KEY}/{scope}")
    names = parts["SignedHeaders"].split(";")
    assert {"host", "x-amz-date"} <= set(names)
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    lines = ["POST", request.url.path, "", headers, ";".join(names), hashlib.sha256(body).hexdigest()]
    hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = b"AWS4" + SECRET.encode()
    for each in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"):
        key = hmac.new(key, each.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(key.hex(), parts["Signature"])


def _problem(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Response:
    named = {"X-Amzn-ErrorType": f"{kind}:http://internal.amazon.com/"} if kind else {}
    return JSONResponse({"message": message}, status, headers={**named, **(headers or {})})
