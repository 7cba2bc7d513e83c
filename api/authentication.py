"""Who is calling: the write key of the Segment SDKs, and bearer keys with scopes for everything else."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from fermata.access import Key, Keys, Scope, allows

_BASIC = {"WWW-Authenticate": 'Basic realm="fermata"'}
_BEARER = {"WWW-Authenticate": "Bearer"}
_basic = HTTPBasic(auto_error=False, scheme_name="writeKey", realm="fermata", description="The write key as user name.")
_bearer = HTTPBearer(auto_error=False, description="A key made by `fermata keys create`.")


WriteKey = Annotated[HTTPBasicCredentials | None, Depends(_basic)]
"""HTTP Basic with the write key as user name, as SDKs on servers send it."""


async def check_write_key(keys: Keys, sent: HTTPBasicCredentials | None, in_body: object) -> None:
    """Lets a request through whose key may send events.

    Args:
        keys: The keys of this deployment.
        sent: The header; it goes first.
        in_body: ``writeKey`` of the body, as SDKs in browsers send it.

    Raises:
        HTTPException: 401.
        TooManyRequests: The key has made too many.
    """
    secret = sent.username if sent is not None else in_body
    if not secret or not isinstance(secret, str):
        problem = "no write key: send it as the user name of HTTP Basic"
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers=_BASIC)
    key = await keys.admit(secret)
    if key is None or not allows(key.scopes, Scope.INGEST):
        problem = "this key is not known here, or may not send events"
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers=_BASIC)


def bearer(keys: Keys, wanted: Scope) -> Callable[..., Awaitable[Key]]:
    """A dependency that lets a request through whose bearer key has the scope, and gives the key.

    Args:
        keys: The keys of this deployment.
        wanted: The scope.
    """

    async def check(sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Key:
        key = await keys.admit(sent.credentials) if sent is not None else None
        if key is None:
            problem = "send a key as Authorization: Bearer …" if sent is None else "this key is not known here"
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers=_BEARER)
        if not allows(key.scopes, wanted):
            raise HTTPException(status.HTTP_403_FORBIDDEN, f"this key lacks the scope {wanted.value!r}")
        return key

    return check
