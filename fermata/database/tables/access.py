"""Keys to the HTTP surface, and who is logged in to the console with one."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Index, Interval, LargeBinary, Text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class ApiKey(SQLModel, table=True):
    """A key to the HTTP surface: what it is called and what it allows. Its secrets stand in a table of their own.

    ``hash`` is the SHA-256 of a key that was made before there were such secrets, ``hash_ends_at`` and
    ``last_used_at`` are of that one; ``lifetime`` is how long a secret is good, ``rate_limit`` as ``Limit`` reads it.
    """

    __tablename__ = "api_keys"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    hash: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True, unique=True))
    scopes: list[str] = json("[]")
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)
    hash_ends_at: datetime | None = instant(nullable=True)
    last_used_at: datetime | None = instant(nullable=True)
    lifetime: timedelta | None = Field(sa_column=Column(Interval, nullable=True))
    rate_limit: str | None = words(nullable=True)


class ApiKeySecret(SQLModel, table=True):
    """One secret of a key; while a key is rotated it has two. Only the argon2id hash is kept.

    It has no foreign key to the key: a key whose name is given again gets another id, and that ends its secrets, also
    where a process of the version before does it, which knows nothing of this table.
    """

    __tablename__ = "api_key_secrets"
    __table_args__ = (Index("api_key_secrets_of_key", "key_id"),)

    public_id: str = words(primary_key=True)
    key_id: UUID
    hash: str = words()
    created_at: datetime = instant()
    ends_at: datetime | None = instant(nullable=True)
    last_used_at: datetime | None = instant(nullable=True)


class ConsoleSession(SQLModel, table=True):
    """A browser that is logged in to the console. Of its secret only the hash is kept.

    It names the secret that it was opened with by its public id, or by its hash where it has none, and ends with it.
    """

    __tablename__ = "console_sessions"
    __table_args__ = (Index("console_sessions_by_expiry", "expires_at"),)

    hash: bytes = Field(primary_key=True)
    key_hash: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = instant()
    expires_at: datetime = instant()
    secret_id: str | None = words(nullable=True)
