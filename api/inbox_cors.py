"""Lets pages of any origin call the inbox: what they may do, their token says, and no cookie ever does."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_INBOX = "/api/v1/inbox/"


class InboxCors:
    """Answers browsers that ask first (CORS), for the inbox alone.

    Args:
        app: What answers everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["Authorization", "Last-Event-ID"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_inbox = scope["type"] == "http" and scope["path"].startswith(_INBOX)
        await (self._shared if is_inbox else self._app)(scope, receive, send)
