"""Lets Temporal's UI, and no other site, call ``/codec`` with the cookie of whoever is logged in at the console."""

from datetime import timedelta

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.codec import origin_of

_CODEC = "/codec/"
_KNOWN_FOR = timedelta(minutes=10)


class CodecCors:
    """Answers browsers that ask first (CORS), for the codec alone.

    Args:
        app: What answers everything else.
        ui: Where operators' browsers reach Temporal's UI; None lets no other site in.
    """

    def __init__(self, app: ASGIApp, ui: str | None) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=[origin_of(ui)] if ui is not None else [],
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "X-Namespace"],
            allow_credentials=True,
            max_age=int(_KNOWN_FOR.total_seconds()),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_codec = scope["type"] == "http" and scope["path"].startswith(_CODEC)
        await (self._shared if is_codec else self._app)(scope, receive, send)
