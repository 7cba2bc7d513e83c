"""The text of a key, ``fk_write_<id>_<secret>``: an id by which it is found, and 256 random bits that prove it."""

import re
import secrets
from collections.abc import Collection
from hashlib import sha256
from typing import NamedTuple

from fermata.access.scopes import Scope

_ID_BYTES = 8
_RANDOM_BYTES = 32
_TEXT = re.compile(r"fk_(?:write|api|admin)_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")


class Secret(NamedTuple):
    """A key as its holder has it.

    Args:
        public_id: By which it is found; no secret, and the same in no two keys.
        text: All of it. Shown once.
    """

    public_id: str
    text: str


def new_secret(scopes: Collection[Scope]) -> Secret:
    """Makes a secret whose prefix tells people, and scanners for leaked keys, what it is."""
    public_id = secrets.token_hex(_ID_BYTES)
    return Secret(public_id, f"fk_{_kind(scopes)}_{public_id}_{secrets.token_urlsafe(_RANDOM_BYTES)}")


def public_id_of(text: str) -> str | None:
    """The public id in a key's text; None for what is no key, and for keys from before there were ids.

    Args:
        text: As it was sent.
    """
    found = _TEXT.fullmatch(text)
    return found[1] if found is not None else None


def hash_of(text: str) -> bytes:
    """The plain hash of a random secret: of a console session, and of keys from before argon2.

    Args:
        text: As it was sent.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _kind(scopes: Collection[Scope]) -> str:
    if set(scopes) == {Scope.INGEST}:
        return "write"
    return "admin" if Scope.ADMIN in scopes else "api"
