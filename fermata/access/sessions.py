"""Sessions of the console: a browser that showed a key once, and a secret of its own that stands for it since."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from fermata.access.lookup import Key
from fermata.access.scopes import Scope
from fermata.access.secret import hash_of, public_id_of
from fermata.database import Connection, Pool, Queries

LIFETIME = timedelta(hours=12)
"""A working day. Whoever works longer logs in again."""

_QUERIES = Queries("fermata.access", "sessions.sql")
_RANDOM_BYTES = 32


async def open_session(pool: Pool | Connection, key_secret: str, now: datetime) -> str:
    """Opens a session for the holder of a key.

    Args:
        pool: Where sessions are kept; or one connection.
        key_secret: The key's, already found to be good.
        now: The instant, aware.

    Returns:
        The session's secret, for the browser's cookie. Only its hash is kept.
    """
    secret, public_id = secrets.token_urlsafe(_RANDOM_BYTES), public_id_of(key_secret)
    key_hash = hash_of(key_secret) if public_id is None else None
    await pool.execute(_QUERIES["forget_old"], now)
    await pool.execute(_QUERIES["open"], hash_of(secret), key_hash, public_id, now, now + LIFETIME)
    return secret


async def session_key(pool: Pool, secret: str, now: datetime) -> Key | None:
    """Returns the key that a session stands for; None where it is over, or its key is.

    Args:
        pool: Where sessions are kept.
        secret: As the cookie has it.
        now: The instant, aware.
    """
    row = await pool.fetchrow(_QUERIES["find"], hash_of(secret), now)
    return Key(row["name"], frozenset(Scope(scope) for scope in row["scopes"])) if row is not None else None


async def close_session(pool: Pool | Connection, secret: str) -> None:
    """Ends a session for good. Again without harm.

    Args:
        pool: Where sessions are kept; or one connection.
        secret: As the cookie has it.
    """
    await pool.execute(_QUERIES["close"], hash_of(secret))


def form_token(secret: str) -> str:
    """The token that every form of a session carries: another site can send a form, and cannot know this.

    Args:
        secret: The session's.
    """
    return sha256(f"form.{secret}".encode()).hexdigest()


def is_form_token(secret: str, offered: str) -> bool:
    """Tells whether a form comes from a page of this session.

    Args:
        secret: The session's.
        offered: What came with the form.
    """
    return hmac.compare_digest(form_token(secret).encode(), offered.encode("utf-8", "replace"))
