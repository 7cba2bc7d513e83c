"""Keys to the HTTP surface, and who is logged in to the console with one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json


class ApiKey(SQLModel, table=True):
    """A key to the HTTP surface. Only its hash is kept."""

    __tablename__ = "api_keys"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    hash: bytes = Field(sa_column_kwargs={"unique": True})
    scopes: list[str] = json("[]")
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)


class ConsoleSession(SQLModel, table=True):
    """A browser that is logged in to the console. Of its secret, as of its key's, only the hash is kept.

    It has no foreign key to the key: a key whose name is given again gets another id, and that ends its sessions.
    """

    __tablename__ = "console_sessions"
    __table_args__ = (Index("console_sessions_by_expiry", "expires_at"),)

    hash: bytes = Field(primary_key=True)
    key_hash: bytes
    created_at: datetime = instant()
    expires_at: datetime = instant()
