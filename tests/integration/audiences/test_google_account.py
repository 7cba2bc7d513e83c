"""A service account's key file is exchanged for access tokens, and one that Google takes no more for another."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from fermata.audiences.declared import Audience, Platform
from fermata.audiences.identifiers import Identifier
from fermata.channels.ads_google import GoogleAudiences
from fermata.channels.ads_platform import Told
from fermata.channels.port import Rejected
from fermata.errors import ConfigurationError
from fermata.vocabulary import Reason

_ADA = ((Identifier("email", "a" * 64)),)
_SHIRTS = Audience("shirts", "google", "2002")


class _Google:
    """Gives a token for an assertion, and takes only the latest one."""

    def __init__(self) -> None:
        self.exchanges = 0
        self.withdrawn: set[str] = set()

    async def token(self, request: Request) -> Response:
        assert b"assertion=" in await request.body()
        self.exchanges += 1
        return JSONResponse({"access_token": f"token-{self.exchanges}", "expires_in": 3600})

    async def ingest(self, request: Request) -> Response:
        if request.headers["Authorization"].removeprefix("Bearer ") in self.withdrawn:
            return JSONResponse({"error": {"status": "UNAUTHENTICATED"}}, 401)
        return JSONResponse({"requestId": "r1"})

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self.token, methods=["POST"]),
                Route("/v1/audienceMembers:ingest", self.ingest, methods=["POST"]),
            ]
        )


def _key_file(url: str) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps(
        {"project_id": "p", "client_email": "ads@p.example", "private_key": pem, "token_uri": f"{url}/token"}
    )


async def test_a_key_file_is_exchanged_once_and_again_when_its_token_is_refused() -> None:
    google = _Google()
    async with HttpServer(google.application()) as server:
        platform = Platform("google", "google", f"{server.url}/v1", SecretStr(_key_file(server.url)), "1")
        audiences = GoogleAudiences(platform)
        assert await audiences.tell(_SHIRTS, "add", [_ADA]) == Told()
        assert await audiences.tell(_SHIRTS, "add", [_ADA]) == Told()
        assert google.exchanges == 1
        google.withdrawn.add("token-1")
        refused = await audiences.tell(_SHIRTS, "add", [_ADA])
        assert isinstance(refused, Rejected)
        assert refused.reason is Reason.PROVIDER_MISCONFIGURED
        assert await audiences.tell(_SHIRTS, "add", [_ADA]) == Told()
        assert google.exchanges == 2
        await audiences.aclose()


def test_what_is_no_key_file_is_told_without_a_part_of_it() -> None:
    platform = Platform("google", "google", "https://datamanager.example/v1", SecretStr('{"private_key": "hush"}'), "1")
    with pytest.raises(ConfigurationError, match="'google' is no key file of a service account: project_id") as raised:
        GoogleAudiences(platform)
    assert "hush" not in str(raised.value)
    bent = replace(platform, token=SecretStr('{"project_id": "p", "client_email": "c", "private_key": "hush"}'))
    with pytest.raises(ConfigurationError, match="the private key of c cannot be read"):
        GoogleAudiences(bent)
