"""What is kept for a person's next look."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class InboxItem(SQLModel, table=True):
    """A card, an inbox message or a badge, kept for the person's next look.

    ``changed_in`` is the transaction that wrote the row last (``pg_current_xact_id``): what a stream goes on from,
    since instants and ids may become visible in another order than they were made in.
    """

    __tablename__ = "inbox_items"
    __table_args__ = (Index("inbox_items_by_profile", "profile_id", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id")
    kind: str = words()
    message: str = words()
    title: str = words()
    body: str = words()
    url: str | None = words(nullable=True)
    created_at: datetime = instant()
    read_at: datetime | None = instant(nullable=True)
    expires_at: datetime | None = instant(nullable=True)
    shown_at: datetime | None = instant(nullable=True)
    clicked_at: datetime | None = instant(nullable=True)
    dismissed_at: datetime | None = instant(nullable=True)
    changed_in: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
