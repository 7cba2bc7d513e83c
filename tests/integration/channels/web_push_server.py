"""A stand-in for browsers and their push service on loopback: it checks VAPID and decrypts as a browser would."""

import asyncio
import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from fermata.channels.devices import Device, Platform, SubscriptionKeys

SUBJECT = "mailto:push@shop.example"


@dataclass
class Browser:
    """A subscription, with the keys that never leave the browser."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def keys(self) -> SubscriptionKeys:
        """The keys that it gives to the page."""
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return SubscriptionKeys(p256dh=_text(point), auth=_text(self.auth))


class WebPushServer(HttpServer):
    """The stand-in, in this process.

    Args:
        delay: Before it says yes to a message that it has taken.
    """

    def __init__(self, *, delay: timedelta = timedelta(0)) -> None:
        self._delay = delay
        self.faults: list[tuple[int, dict[str, str]]] = []
        """What is answered next, in order: status and headers; then all is well again."""
        self.asked = 0
        self._sender = ec.generate_private_key(ec.SECP256R1())
        self._browsers: dict[str, Browser] = {}
        super().__init__(Starlette(routes=[Route("/push/{browser}", self._take, methods=["POST"])]))

    @property
    def private_key(self) -> str:
        """The VAPID key that its subscriptions were made for."""
        return _text(self._sender.private_numbers().private_value.to_bytes(32, "big"))

    @staticmethod
    def browser() -> Browser:
        """A browser, with keys of its own."""
        return Browser(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    def subscribe(self, name: str) -> tuple[Device, Browser]:
        """Has a browser subscribe."""
        self._browsers[name] = browser = self.browser()
        return Device(f"{self.url}/push/{name}", Platform.WEB, keys=browser.keys), browser

    @property
    def got(self) -> list[dict[str, Any]]:
        """What all browsers have got."""
        return [each for browser in self._browsers.values() for each in browser.got]

    def unsubscribe(self, name: str) -> None:
        """Ends a subscription: 410 from now on."""
        del self._browsers[name]

    async def _take(self, request: Request) -> Response:
        self.asked += 1
        if self.faults:
            status, headers = self.faults.pop(0)
            return Response("as told", status_code=status, headers=headers)
        self._check_vapid(request.headers["Authorization"])
        browser = self._browsers.get(request.path_params["browser"])
        if browser is None:
            return Response("gone", status_code=410)
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert 0 <= int(request.headers["TTL"]) <= 28 * 24 * 3600
        assert request.headers["Urgency"] in {"very-low", "low", "normal", "high"}
        topic = request.headers["Topic"]
        assert len(topic) <= 32, "RFC 8030, section 5.4"
        assert topic.replace("-", "").replace("_", "").isalnum()
        body = await request.body()
        assert len(body) <= 4096, "RFC 8030, section 7.2"
        plain = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm")
        browser.got.append(orjson.loads(plain))
        browser.headers.append(dict(request.headers))
        await asyncio.sleep(self._delay.total_seconds())
        return Response(status_code=201, headers={"Location": f"{self.url}/message/{len(browser.got)}"})

    def _check_vapid(self, authorization: str) -> None:
        """RFC 8292: a token signed with ES256 by the very key that the subscription was made for."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme.lower() == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        public = self._sender.public_key()
        point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        assert _bytes(parts["k"]) == point
        signed, _, signature = parts["t"].rpartition(".")
        raw = _bytes(signature)
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
        header, claims = (orjson.loads(_bytes(part)) for part in signed.split("."))
        assert header["alg"] == "ES256"
        assert (claims["aud"], claims["sub"]) == (self.url, SUBJECT)
        assert 0 < claims["exp"] - datetime.now(UTC).timestamp() <= 24 * 3600


def digest(token: str) -> str:
    """The id of a device."""
    return hashlib.sha256(token.encode()).hexdigest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
