"""The devices on which push messages reach people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class Device(SQLModel, table=True):
    """A token, or a browser's subscription, as one person's: whoever stated it last has it.

    ``token_hash`` is the token's SHA-256, since a token may be longer than an index takes. The row with an empty one
    stands for the words "no device": what was stated before ``last_seen_at`` of it is a device no more.
    ``keys`` are those of a browser's subscription, which messages to it are encrypted with.
    """

    __tablename__ = "devices"
    __table_args__ = (Index("devices_by_token", "token_hash"),)

    profile_id: UUID = Field(primary_key=True, foreign_key="profiles.id")
    token_hash: str = words(primary_key=True)
    token: str = words()
    platform: str | None = words(nullable=True)
    app: str | None = words(nullable=True)
    keys: dict[str, Any] | None = Field(sa_column=Column(JSONB, nullable=True))
    added_at: datetime = instant()
    last_seen_at: datetime = instant()
    removed_at: datetime | None = instant(nullable=True)
    reason: str | None = words(nullable=True)
