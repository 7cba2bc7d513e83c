"""A stand-in for Google on loopback: it checks the assertion's signature and each notification as FCM would."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from fermata.channels.fcm import SCOPE
from fermata.channels.google_tokens import ServiceAccount

PROJECT = "shop-of-the-tests"
EMAIL = f"push@{PROJECT}.iam.gserviceaccount.com"


@dataclass
class FcmServer(HttpServer):
    """The stand-in, in this process.

    Args:
        faults: What is answered next, in order: status, body, headers; then all is well again.
        dead: Tokens of apps that were removed.
        sent: The notifications that were taken.
        exchanges: How many access tokens were given.
        lifetime: Seconds for which a token is said to be good.
        delay: Before it says yes to a notification that it has taken.
    """

    faults: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    sent: list[dict[str, Any]] = field(default_factory=list)
    exchanges: int = 0
    lifetime: int = 3600
    delay: timedelta = timedelta(0)
    asked: int = 0
    good: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        routes = [
            Route("/token", self._exchange, methods=["POST"]),
            Route("/v1/projects/{project}/messages:send", self._send, methods=["POST"]),
        ]
        super().__init__(Starlette(routes=routes))

    @property
    def account(self) -> ServiceAccount:
        """The key file that it knows."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return ServiceAccount(
            project_id=PROJECT,
            client_email=EMAIL,
            private_key=pem.decode(),
            private_key_id="key-1",
            token_uri=f"{self.url}/token",
        )

    async def _exchange(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        try:
            claims = jwt.decode(form["assertion"], certs=public)  # type: ignore[no-untyped-call]
        except ValueError:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        assert (claims["iss"], claims["scope"], claims["aud"]) == (EMAIL, SCOPE, f"{self.url}/token")
        assert 0 < claims["exp"] - claims["iat"] <= 3600
        assert abs(claims["iat"] - datetime.now(UTC).timestamp()) < 60
        self.exchanges += 1
        token = uuid4().hex
        self.good.add(token)
        return JSONResponse({"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"})

    async def _send(self, request: Request) -> Response:
        self.asked += 1
        if self.faults:
            status, body, headers = self.faults.pop(0)
            content = body if isinstance(body, bytes) else orjson.dumps(body)
            return Response(content, status_code=status, headers=headers, media_type="application/json")
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.good:
            return _fault(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        assert request.path_params["project"] == PROJECT
        message = orjson.loads(await request.body())["message"]
        check_notification(message)
        if message["token"] in self.dead:
            return _fault(404, "NOT_FOUND", "Requested entity was not found.", "UNREGISTERED")
        self.sent.append(message)
        await asyncio.sleep(self.delay.total_seconds())
        return JSONResponse({"name": f"projects/{PROJECT}/messages/{len(self.sent)}"})


def check_notification(message: dict[str, Any]) -> None:
    """What FCM asks of a notification: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages."""
    assert set(message) <= {"token", "notification", "data", "android", "apns"}
    assert all(isinstance(value, str) for value in message["data"].values()), "data holds nothing but text"
    assert message["android"]["priority"] in {"NORMAL", "HIGH"}
    assert message["android"]["ttl"].endswith("s")
    assert 0 <= float(message["android"]["ttl"][:-1]) <= 28 * 24 * 3600
    headers = message["apns"]["headers"]
    assert len(headers["apns-collapse-id"].encode()) <= 64
    assert headers["apns-expiration"].isdigit()
    assert headers["apns-priority"] in {"5", "10"}


def _fault(status: int, word: str, message: str, code: str | None = None) -> Response:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    fault = {"code": status, "message": message, "status": word, "details": details}
    return JSONResponse({"error": fault}, status_code=status)
