"""Broadcasts: what was announced to whom, how far it is, and who of them still waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class Broadcast(SQLModel, table=True):
    """One broadcast, as it was started. Its id is that of its first execution in Temporal.

    ``chosen_to`` is the last profile up to which the segment has been gone through; ``people`` were in it up to there.
    ``outcomes`` counts what became of them by code, ``changes`` says who paused, resumed or cancelled it, and why.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (Index("broadcasts_newest", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    name: str = words()
    journey: str = words()
    workflow_id: str = words()
    definition: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = words()
    starts_at: datetime = instant()
    chosen_at: datetime | None = instant(nullable=True)
    chosen_to: UUID | None = None
    people: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    outcomes: dict[str, int] = json("{}")
    changes: list[dict[str, Any]] = json("[]")
    created_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class BroadcastWaiting(SQLModel, table=True):
    """Somebody whom a broadcast is for and who has yet to enter. The row goes in the transaction that enters them."""

    __tablename__ = "broadcast_waiting"
    __table_args__ = (Index("broadcast_waiting_due", "broadcast_id", "due_at", "profile_id"),)

    profile_id: UUID = Field(primary_key=True, foreign_key="profiles.id")
    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcasts.id")
    due_at: datetime = instant()
