"""Stand-ins, on loopback, for the APIs of Meta and Google: they check what they are sent and hold the audiences."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from fermata.audiences.declared import Audience, Audiences, Platform

TOKEN = "a-token-of-the-tests"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SCHEMA = ["EMAIL", "PHONE"]
_MOST = 10_000

Key = tuple[str, str]


@dataclass
class Fault:
    """What goes wrong with the next request.

    Args:
        status: What is answered.
        taken: Whether the request has its effect all the same: the answer is lost, so to say.
        retry_after: In seconds.
        body: What is answered; None for an object without meaning.
    """

    status: int = 500
    taken: bool = False
    retry_after: int | None = None
    body: Any = None


@dataclass
class Asked:
    """A request that came in."""

    platform: str
    change: str
    audience: str
    people: int


@dataclass
class AdPlatforms(HttpServer):
    """Both APIs on one server: ``{url}/meta`` and ``{url}/google``."""

    held: dict[str, set[Key]] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    refuses_all_with: set[str] = field(default_factory=set)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        routes = [
            Route("/meta/{audience}/users", self._meta, methods=["POST", "DELETE"]),
            Route("/google/audienceMembers:{verb}", self._google, methods=["POST"]),
        ]
        super().__init__(Starlette(routes=routes))

    def declared(self) -> Audiences:
        """An audience with each, as a deployment declares them."""
        token = SecretStr(TOKEN)
        return Audiences(
            {
                "shoes": Audience("shoes", "meta", "1001"),
                "shirts": Audience("shirts", "google", "2002"),
                "care": Audience("care", "meta", "1003", leave_on=()),
                "browsed": Audience("browsed", "meta", "1004"),
            },
            {
                "meta": Platform("meta", "meta", f"{self.url}/meta", token),
                "google": Platform("google", "google", f"{self.url}/google", token, "1234567890"),
            },
        )

    def of(self, audience: str) -> set[Key]:
        """The match keys that an audience holds."""
        return self.held.get(audience, set())

    async def _meta(self, request: Request) -> Response:
        audience, change = request.path_params["audience"], "add" if request.method == "POST" else "remove"
        body = await request.json()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": {"code": 190, "message": "Invalid OAuth access token"}}, 401)
        payload, session = body["payload"], body["session"]
        assert payload["schema"] == _SCHEMA
        assert session["last_batch_flag"] is True
        assert session["estimated_num_total"] == len(payload["data"]) <= _MOST
        people = [[("email", email), ("phone", phone)] for email, phone in payload["data"]]
        keys = [[key for key in person if key[1]] for person in people]
        if any(key[1] in self.refuses_all_with for person in keys for key in person):
            return JSONResponse({"error": {"code": 100, "message": "Invalid parameter"}}, 400)
        bad = [person for person in keys if any(key[1] in self.unreadable for key in person)]
        answer = {
            "audience_id": audience,
            "session_id": str(session["session_id"]),
            "num_received": len(people),
            "num_invalid_entries": len(bad),
            "invalid_entry_samples": {person[0][1]: "EMAIL" for person in bad},
        }
        return await self._take("meta", change, audience, keys, answer)

    async def _google(self, request: Request) -> Response:
        body, verb = await request.json(), request.path_params["verb"]
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, 401)
        (destination,) = body["destinations"]
        assert destination["operatingAccount"] == {"accountType": "GOOGLE_ADS", "accountId": "1234567890"}
        assert body["encoding"] == "HEX"
        assert len(body["audienceMembers"]) <= _MOST
        if verb == "ingest":
            assert body["termsOfService"] == {"customerMatchTermsOfServiceStatus": "ACCEPTED"}
            assert body["consent"] == {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}
        fields = {"emailAddress": "email", "phoneNumber": "phone"}
        keys = [
            [
                (fields[name], digest)
                for entry in member["userData"]["userIdentifiers"]
                for name, digest in entry.items()
            ]
            for member in body["audienceMembers"]
        ]
        bad = [place for place, person in enumerate(keys) if any(key[1] in self.unreadable for key in person)]
        if bad:
            violations = [{"field": f"audience_members[{place}].user_data", "description": "bad"} for place in bad]
            detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}
            return JSONResponse({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [detail]}}, 400)
        change = "add" if verb == "ingest" else "remove"
        return await self._take("google", change, destination["productDestinationId"], keys, {"requestId": "r1"})

    async def _take(
        self, platform: str, change: str, audience: str, people: list[list[Key]], answer: dict[str, Any]
    ) -> Response:
        assert all(person for person in people), "nobody is told of without a match key"
        assert all(_DIGEST.fullmatch(digest) for person in people for _, digest in person), (
            "no plain address comes here"
        )
        self.requests.append(Asked(platform, change, audience, len(people)))
        if self.meanwhile is not None:
            await self.meanwhile()
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.taken:
            held = self.held.setdefault(audience, set())
            keys = {key for person in people for key in person if key[1] not in self.unreadable}
            held.update(keys) if change == "add" else held.difference_update(keys)
        if fault is None:
            return JSONResponse(answer)
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return JSONResponse({} if fault.body is None else fault.body, fault.status, headers)
