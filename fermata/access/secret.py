"""The secret of a key: 256 random bits, and the hash by which it is known."""

import secrets
from collections.abc import Collection
from hashlib import sha256

from fermata.access.scopes import Scope

_RANDOM_BYTES = 32


def new_secret(scopes: Collection[Scope]) -> str:
    """Makes a secret whose prefix tells people, and scanners for leaked keys, what it is."""
    return f"fk_{_kind(scopes)}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def _kind(scopes: Collection[Scope]) -> str:
    if set(scopes) == {Scope.INGEST}:
        return "write"
    return "admin" if Scope.ADMIN in scopes else "api"


def hash_of(secret: str) -> bytes:
    """The hash that is stored. A plain one is enough: nobody guesses 256 random bits, so it need not be slow."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
