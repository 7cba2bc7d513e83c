"""Who may look into an inbox: a server's key into anybody's, a person's session into their own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, HTTPException, Query, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from fermata.access import Keys, Scope, allows
from fermata.channels.inbox_session import InboxSession, InboxSessions

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_bearer = HTTPBearer(
    auto_error=False, description="A key made by `fermata keys create`, or the token of an inbox session."
)

Token = Annotated[
    str | None,
    Query(description="The token of an inbox session, where no header can be sent, as by a browser's `EventSource`."),
]


@dataclass(frozen=True, slots=True)
class InboxAccess:
    """What a caller may see.

    Args:
        session: Whose inbox, and until when; None for a server's key, which may see all.
    """

    session: InboxSession | None

    def check(self, profile_id: UUID) -> None:
        """Lets nobody into somebody else's inbox.

        Raises:
            HTTPException: 403.
        """
        if self.session is not None and self.session.profile_id != profile_id:
            raise HTTPException(status.HTTP_403_FORBIDDEN, f"this session is for another inbox than {profile_id}'s")


def inbox_access(keys: Keys, sessions: InboxSessions, wanted: Scope) -> Callable[..., Awaitable[InboxAccess]]:
    """A dependency that lets a request through with a session, or with a key of the scope.

    Args:
        keys: The keys of this deployment.
        sessions: Reads tokens.
        wanted: The scope that a key needs.
    """

    async def check(
        sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], token: Token = None
    ) -> InboxAccess:
        secret = sent.credentials if sent is not None else token
        if not secret:
            problem = "send a key or the token of an inbox session as Authorization: Bearer …"
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers=_CHALLENGE)
        session = sessions.read(secret, datetime.now(UTC))
        if session is not None:
            return InboxAccess(session)
        # A key never stands in an address, where logs would keep it.
        key = await keys.admit(secret) if sent is not None else None
        if key is None:
            problem = "this is no key that is known here, and no session that is still good; ask for a new session"
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, problem, headers=_CHALLENGE)
        if not allows(key.scopes, wanted):
            raise HTTPException(status.HTTP_403_FORBIDDEN, f"this key lacks the scope {wanted.value!r}")
        return InboxAccess(None)

    return check
