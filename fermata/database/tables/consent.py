"""What people said about being reached, word for word: the record that their present consent is derived from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class ConsentLog(SQLModel, table=True):
    """One statement on one channel and purpose. Rows are added and never changed: a trigger sees to that.

    A merge may move ``profile_id``, and nothing else. ``stated_as`` is the strongest name under which it was said.
    ``message_id`` is that of the event, or of the link, that said it: the same one again adds nothing.
    """

    __tablename__ = "consent_log"
    __table_args__ = (
        Index("consent_log_by_profile", "profile_id", "occurred_at", "id"),
        Index(
            "consent_log_by_message",
            "message_id",
            "channel",
            "purpose",
            unique=True,
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id")
    channel: str = words()
    purpose: str = words()
    status: str = words()
    source: str = words()
    region: str | None = words(nullable=True)
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    stated_as: str = words()
    message_id: str | None = words(nullable=True)
    evidence: dict[str, Any] = json("{}")
