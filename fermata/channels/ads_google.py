"""Google's Customer Match: the Data Manager API's ``audienceMembers:ingest`` and ``audienceMembers:remove``.

Source: Data Manager API v1, IngestionService (destinations, audience members with user identifiers, encoding HEX).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from fermata.audiences.declared import Audience, Platform
from fermata.audiences.identifiers import Person
from fermata.channels.ads_platform import Change, Told
from fermata.channels.ads_requests import STEP, AdRequests, refusal
from fermata.channels.google_tokens import GoogleTokens, ServiceAccount
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Busy, Rejected
from fermata.errors import ConfigurationError

_UNAUTHORISED = 401
_SCOPE = "https://www.googleapis.com/auth/datamanager"
_FIELDS = {"email": "emailAddress", "phone": "phoneNumber"}
_PLACE = re.compile(r"audience_?members(?:\.audience_?members)?\[(\d+)\]", re.IGNORECASE)


class GoogleAudiences:
    """Customer Match lists of a Google Ads account.

    Args:
        platform: Where, and who we are: its token is the key file of a service account, or an access token.

    Raises:
        ConfigurationError: The key file cannot be read.
    """

    most: int = 10_000

    def __init__(self, platform: Platform) -> None:
        self.name: str = platform.name
        self._url = platform.url
        self._account = platform.account
        self._caller = HttpCaller(platform.name, timeout=STEP)
        self._secret = platform.token
        self._tokens: GoogleTokens | None = None
        if platform.token.get_secret_value().startswith("{"):
            self._tokens = GoogleTokens(_service_account(platform), (_SCOPE,), self._caller)
        self._requests = AdRequests(platform.name, self._caller, self._token)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def tell(self, audience: Audience, change: Change, people: Sequence[Person]) -> Told | Rejected | Busy:
        """Puts people into a list, or takes them out; without those whom Google cannot read, where it names them."""
        places, refused = list(range(len(people))), dict[int, str]()
        while places:
            answer = await self._send(audience, change, [people[place] for place in places])
            if isinstance(answer, Rejected | Busy):
                return answer
            status, document = answer
            if 200 <= status < 300:
                if not document.get("requestId"):
                    return Busy(None, f"{self.name}: the answer names no request", certain=False)
                return Told(refused)
            if status == _UNAUTHORISED:
                await self._forget_token()
            unread = {places[at] for at in _unread(document) if at < len(places)}
            if status != 400 or not unread:
                return refusal(self.name, status, _status_of(document))
            refused |= dict.fromkeys(sorted(unread), "Google cannot read the match keys")
            places = [place for place in places if place not in unread]
        return Told(refused)

    async def _token(self) -> str | Rejected | Busy:
        return await self._tokens.token() if self._tokens is not None else self._secret.get_secret_value()

    async def _forget_token(self) -> None:
        """Google takes it no more: the next request exchanges a new one."""
        if self._tokens is not None and isinstance(token := await self._tokens.token(), str):
            self._tokens.forget(token)

    async def _send(
        self, audience: Audience, change: Change, people: Sequence[Person]
    ) -> tuple[int, Mapping[str, Any]] | Rejected | Busy:
        body: dict[str, object] = {
            "destinations": [
                {
                    "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": self._account},
                    "productDestinationId": audience.id,
                }
            ],
            "audienceMembers": [
                {"userData": {"userIdentifiers": [{_FIELDS[key.kind]: key.digest} for key in person]}}
                for person in people
            ],
            "encoding": "HEX",
        }
        if change == "add":
            # Only people whose consent the policy found in order come this far.
            body["consent"] = {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}
            body["termsOfService"] = {"customerMatchTermsOfServiceStatus": "ACCEPTED"}
        verb = "ingest" if change == "add" else "remove"
        return await self._requests.send("POST", f"{self._url}/audienceMembers:{verb}", body)


def _service_account(platform: Platform) -> ServiceAccount:
    try:
        return ServiceAccount.model_validate_json(platform.token.get_secret_value())
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"the token of the platform {platform.name!r} is no key file of a service account: {field} {first['msg']}"
        ) from None


def _unread(document: Mapping[str, Any]) -> list[int]:
    """The places of the members that a refusal names (google.rpc.BadRequest)."""
    error = document.get("error")
    details = error.get("details") if isinstance(error, dict) else None
    if not isinstance(details, list):
        return []
    violations = [
        violation
        for detail in details
        if isinstance(detail, dict) and isinstance(detail.get("fieldViolations"), list)
        for violation in detail["fieldViolations"]
    ]
    fields = [str(violation.get("field", "")) for violation in violations if isinstance(violation, dict)]
    return [int(found[1]) for field in fields if (found := _PLACE.search(field)) is not None]


def _status_of(document: Mapping[str, Any]) -> str:
    error = document.get("error")
    return str(error.get("status", "")) if isinstance(error, dict) else ""
