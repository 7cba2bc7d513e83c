"""The keys by which people's histories are written, each wrapped by a master key that is not in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class ProfileKey(SQLModel, table=True):
    """A key, made for the id of a profile and kept for it when that profile becomes part of another.

    ``profile_id`` is who it belongs to now, and whose erasure destroys it; null for the key of no single person.
    """

    __tablename__ = "profile_keys"
    __table_args__ = (Index("profile_keys_by_profile", "profile_id"),)

    made_for: UUID = Field(primary_key=True)
    profile_id: UUID | None = Field(default=None, foreign_key="profiles.id")
    wrapped_by: str = words()
    wrapped: bytes
    made_at: datetime = instant()
