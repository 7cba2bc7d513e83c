"""Who was erased, when and by whom, and what the hashes of their addresses are salted with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


def _count() -> int:
    value: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    return value


class Erasure_(SQLModel, table=True):  # noqa: N801 - the room's own word for it is Erasure
    """One erasure, begun at once and finished when the person's runs have ended; then it is the receipt.

    ``erased_id`` is the id of a profile that is there no more, so it points nowhere. ``removed`` counts rows by table,
    ``nameless`` those that stay as nobody's.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("erasures_begun", "begun_at", postgresql_where=text("finished_at IS NULL")),
        Index("erasures_newest", "begun_at", "erased_id"),
    )

    erased_id: UUID = Field(primary_key=True)
    begun_at: datetime = instant()
    finished_at: datetime | None = instant(nullable=True)
    by: str = words()
    why: str = words()
    runs_ended: int = _count()
    suppressions_kept: int = _count()
    histories_deleted: int = _count()
    histories_not_there: int = _count()
    removed: dict[str, Any] = json("{}")
    nameless: dict[str, Any] = json("{}")


class SuppressionSalt(SQLModel, table=True):
    """The one salt of this deployment, made by the migration: without it a hash of an address cannot be looked up."""

    __tablename__ = "suppression_salt"

    salt: bytes = Field(primary_key=True)
