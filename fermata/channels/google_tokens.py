"""Access tokens of a Google service account: an assertion signed here, exchanged over HTTP, kept until it ends."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from google.auth import crypt, jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from fermata.channels.http_answers import HttpAnswer, retry_after_in
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Busy, Rejected
from fermata.errors import ConfigurationError
from fermata.vocabulary import Reason

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests"""

_ASSERTED_FOR = timedelta(hours=1)
_EARLY = timedelta(minutes=5)
"""A token is exchanged anew this long before it ends: clocks differ, and a request takes its time."""


class ServiceAccount(BaseModel):
    """The key file of a service account, as the Google Cloud console gives it; only what is needed of it.

    Args:
        project_id: Whose messages it sends.
        client_email: Its name.
        private_key: PEM.
        private_key_id: Which of its keys that is.
        token_uri: Where assertions are exchanged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    project_id: str
    client_email: str
    private_key: str
    private_key_id: str | None = None
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


class _Granted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: str
    expires_in: int = 3600


class GoogleTokens:
    """Gives access tokens, one exchange for all who ask at once.

    Args:
        account: Whose.
        scopes: What for.
        caller: What posts; it stays the caller's.

    Raises:
        ConfigurationError: The private key is none.
    """

    def __init__(self, account: ServiceAccount, scopes: Sequence[str], caller: HttpCaller) -> None:
        try:
            self._signer: Any = crypt.RSASigner.from_string(  # type: ignore[no-untyped-call]
                account.private_key, account.private_key_id
            )
        except ValueError as error:
            raise ConfigurationError(f"the private key of {account.client_email} cannot be read: {error}") from None
        self._account = account
        self._scope = " ".join(scopes)
        self._caller = caller
        self._one_at_a_time = asyncio.Lock()
        self._token: str | None = None
        self._good_until = datetime.min.replace(tzinfo=UTC)

    async def token(self) -> str | Rejected | Busy:
        """An access token that is good for minutes at least; or why there is none."""
        async with self._one_at_a_time:
            if self._token is not None and datetime.now(UTC) < self._good_until - _EARLY:
                return self._token
            asked_at = datetime.now(UTC)
            answer = await self._caller.post(
                self._account.token_uri,
                urlencode({"grant_type": _GRANT, "assertion": self._assertion(asked_at)}).encode(),
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            if isinstance(answer, Busy):
                return Busy(answer.retry_after, answer.detail, certain=True)  # no message has gone anywhere yet
            granted = _granted(answer)
            if isinstance(granted, _Granted):
                self._token = granted.access_token
                self._good_until = asked_at + timedelta(seconds=granted.expires_in)
                return self._token
            return granted

    def forget(self, token: str) -> None:
        """Exchanges anew at the next time of asking: the other side does not take this token any more."""
        if self._token == token:
            self._token = None

    def _assertion(self, at: datetime) -> str:
        claims = {
            "iss": self._account.client_email,
            "scope": self._scope,
            "aud": self._account.token_uri,
            "iat": int(at.timestamp()),
            "exp": int((at + _ASSERTED_FOR).timestamp()),
        }
        signed: bytes = jwt.encode(self._signer, claims)  # type: ignore[no-untyped-call]
        return signed.decode()


def _granted(answer: HttpAnswer) -> _Granted | Rejected | Busy:
    if answer.status == 200:
        try:
            return _Granted.model_validate(answer.document)
        except ValidationError:
            return Busy(None, "Google's answer to the assertion makes no sense", certain=True)
    if answer.status == 429 or answer.status >= 500:
        return Busy(retry_after_in(answer), f"Google gives no token now: {answer.status}", certain=True)
    detail = f"Google refuses the service account: {answer.status} {_fault(answer)}"
    return Rejected(Reason.PROVIDER_MISCONFIGURED, detail.strip(), permanent=False)


def _fault(answer: HttpAnswer) -> str:
    word = answer.document.get("error")
    return word[:100] if isinstance(word, str) else ""
