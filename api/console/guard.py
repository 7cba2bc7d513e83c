"""Who may see and do what in the console: the cookie of a session, the token of a form, the scope of a key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, status

from api.link_form import Form, read_form
from fermata.access import Key, Scope, allows
from fermata.access.sessions import form_token, is_form_token, session_key
from fermata.audit import Actor, Door
from fermata.database import Pool
from fermata.errors import FermataError


class LoginWanted(FermataError):
    """Nobody is logged in; the page is for those who are."""


@dataclass(frozen=True)
class Cookie:
    """How the cookie of a session is set.

    Args:
        secure: Whether people reach the console by https: then it travels by nothing else.
    """

    secure: bool

    @property
    def name(self) -> str:
        """With ``__Host-`` a browser takes it from this host alone, and only when it is secure (RFC 6265bis)."""
        return "__Host-fermata" if self.secure else "fermata_console"


@dataclass(frozen=True)
class Viewer:
    """Who is logged in.

    Args:
        key: What they logged in with.
        secret: Of their session.
    """

    key: Key
    secret: str

    @property
    def actor(self) -> Actor:
        """Who they are in the log of acts."""
        return Actor(self.key.name, Door.CONSOLE)

    def may(self, scope: Scope) -> bool:
        """Whether their key allows something."""
        return allows(self.key.scopes, scope)

    def as_shown(self) -> dict[str, object]:
        """What templates know of them."""
        return {
            "name": self.key.name,
            "form_token": form_token(self.secret),
            "may_operate": self.may(Scope.OPERATE),
            "may_admin": self.may(Scope.ADMIN),
        }


@dataclass(frozen=True)
class Sent:
    """A form that was sent by a page of ours.

    Args:
        viewer: Who sent it.
        form: What it says.
    """

    viewer: Viewer
    form: Form

    def text(self, name: str, *, most: int = 1000) -> str:
        """What a field says, without space around it; empty where it says nothing.

        Args:
            name: The field's.
            most: Characters.

        Raises:
            HTTPException: 400, it is longer.
        """
        value = self.form.get(name, [""])[0].strip().replace("\0", "")
        if len(value) > most:
            problem = f"{name} has {len(value)} characters; write at most {most}"
            raise HTTPException(status.HTTP_400_BAD_REQUEST, problem)
        return value


class Guard:
    """Lets people into the pages of the console.

    Args:
        pool: Where sessions are kept.
        cookie: How their cookie is set.
    """

    def __init__(self, pool: Pool, cookie: Cookie) -> None:
        self._pool = pool
        self.cookie = cookie

    async def viewer(self, request: Request) -> Viewer:
        """Who is logged in; a dependency of every page.

        Raises:
            LoginWanted: Nobody is.
            HTTPException: 403, their key may not read.
        """
        secret = request.cookies.get(self.cookie.name)
        key = await session_key(self._pool, secret, datetime.now(UTC)) if secret else None
        if secret is None or key is None:
            raise LoginWanted("log in first")
        if not allows(key.scopes, Scope.READ):
            raise HTTPException(status.HTTP_403_FORBIDDEN, "this key may not read; log in with one that may")
        return Viewer(key, secret)

    def viewer_who_may(self, scope: Scope) -> Callable[[Request], Awaitable[Viewer]]:
        """A dependency of a page that not everybody who is logged in may see.

        Args:
            scope: What the key must allow.
        """

        async def check(request: Request) -> Viewer:
            viewer = await self.viewer(request)
            _allowed(viewer, scope)
            return viewer

        return check

    def sent(self, scope: Scope, *, most: int = 16 * 1024) -> Callable[[Request], Awaitable[Sent]]:
        """A dependency of what changes something: the form came from a page of this session, and the key allows it.

        Args:
            scope: What the key must allow.
            most: Bytes of the form.
        """

        async def check(request: Request) -> Sent:
            viewer = await self.viewer(request)
            from_here(request)
            form = await read_form(request, most=most)
            if not is_form_token(viewer.secret, form.get("form_token", [""])[0]):
                problem = "this form is not of your session; go back, load the page again and send it from there"
                raise HTTPException(status.HTTP_403_FORBIDDEN, problem)
            _allowed(viewer, scope)
            return Sent(viewer, form)

        return check


def from_here(request: Request) -> None:
    """Refuses a form that a page of another site sends: browsers say where it comes from, and no page can forge that.

    Raises:
        HTTPException: 403.
    """
    origin = request.headers.get("origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if elsewhere or request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "this form was sent by another site; send it from the console")


def _allowed(viewer: Viewer, scope: Scope) -> None:
    if not viewer.may(scope):
        problem = f"the key {viewer.key.name!r} lacks the scope {scope.value!r}"
        raise HTTPException(status.HTTP_403_FORBIDDEN, problem)
