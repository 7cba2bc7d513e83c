"""Keys to the HTTP surface."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text
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
