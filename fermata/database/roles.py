"""The roles of a deployment in Postgres: the owner of the schema, who migrates, and ``fermata_app``, who works in it.

The owner is whoever runs the migrations. What the application's role may do is said in ``roles.sql``.
"""

import base64
import hmac
import secrets
from hashlib import pbkdf2_hmac, sha256

import asyncpg

from fermata.database.pool import Connection
from fermata.database.queries import Queries
from fermata.errors import ConfigurationError

APP_ROLE = "fermata_app"

GRANTS = Queries("fermata.database", "roles.sql")
_ROUNDS = 4096  # of SCRAM, as Postgres itself has it
_SALT_BYTES = 16
_SHORTEST = 16


async def make_app_role(connection: Connection, password: str | None) -> str | None:
    """Makes the application's role where it is not there yet, and gives it what it needs. Again without harm.

    Args:
        connection: Of the schema's owner, who may make roles where there is none.
        password: Which it shall have; None leaves one that is there as it is, and makes one up for a new role.

    Returns:
        The password where one was made up. It cannot be read again.

    Raises:
        ConfigurationError: This is not the owner, or may not make roles; the password is too short; the role may do
            too much.
        asyncpg.UndefinedTableError: There is no schema yet.
    """
    if password is not None and len(password) < _SHORTEST:
        raise ConfigurationError(f"a password of {len(password)} characters is too short; take {_SHORTEST} or more")
    made_up = None
    try:
        async with connection.transaction():
            if not await connection.fetchval(GRANTS["is_owner"]):
                raise _not_the_owner(await connection.fetchval("SELECT current_user"))
            role = await connection.fetchrow(GRANTS["role"], APP_ROLE)
            if role is None:
                await connection.execute(GRANTS["create"])
                if password is None:
                    password = made_up = secrets.token_urlsafe(24)
            elif any(role.values()):
                may = ", ".join(name.removeprefix("rol") for name, value in role.items() if value)
                raise ConfigurationError(f"the role {APP_ROLE} may do more than it should ({may}); take that from it")
            if password is not None:
                await connection.execute(f"ALTER ROLE {APP_ROLE} PASSWORD '{scram_verifier(password)}'")
            await connection.execute(GRANTS["grant"])
    except asyncpg.InsufficientPrivilegeError as error:
        raise ConfigurationError(f"{error}; the owner needs CREATEROLE until {APP_ROLE} is there") from None
    return made_up


def _not_the_owner(name: str) -> ConfigurationError:
    return ConfigurationError(f"{name} does not own the tables; connect as the owner of the schema, who migrates")


def scram_verifier(password: str) -> str:
    """What Postgres keeps of a password (RFC 5803): so the password itself is in no statement and no log of it.

    Args:
        password: ASCII, or else as it is typed: no SASLprep is done.
    """
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    kept = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ROUNDS}:{kept[0]}${kept[1]}:{kept[2]}"
