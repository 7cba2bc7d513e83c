"""What providers told of messages that went out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class FeedbackWord(SQLModel, table=True):
    """One word on one message, each once: a source's id for it is unique.

    Without ``decision_id`` it is about no message that was known when it came; it waits by its names. ``address`` is
    where the message went, on what came back, and whence a text came. A person's words are reached by way of their
    decisions.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        Index("feedback_once", "source", "source_id", unique=True),
        Index("feedback_by_decision", "decision_id", postgresql_where=text("decision_id IS NOT NULL")),
        Index("feedback_unknown", "received_at", postgresql_where=text("decision_id IS NULL")),
        Index("feedback_soft_bounces", "channel", "address", "occurred_at", postgresql_where=text("bounce = 'soft'")),
    )

    id: UUID = Field(primary_key=True)
    source: str = words()
    source_id: str = words()
    kind: str = words()
    occurred_at: datetime = instant()
    received_at: datetime = instant()
    decision_id: UUID | None = Field(default=None, foreign_key="decisions.id")
    dedupe_key: str | None = words(nullable=True)
    provider: str | None = words(nullable=True)
    provider_message_id: str | None = words(nullable=True)
    stated_decision: UUID | None = Field(default=None)
    channel: str | None = words(nullable=True)
    address: str | None = words(nullable=True)
    bounce: str | None = words(nullable=True)
    machine: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    link_url: str | None = words(nullable=True)
    detail: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    evidence: dict[str, Any] = json("{}")
