"""The ledger: decisions, the slots that they took, and what waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class Decision(SQLModel, table=True):
    """One attempt to reach a person and how it ended: reason, the facts it was made on, and the trace of the rules."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("decisions_by_profile", "profile_id", "decided_at"),
        Index("decisions_by_run", "run_id", "decided_at"),
        Index("decisions_by_time", "decided_at", "id"),
        Index("decisions_by_reason", "action", "reason", "decided_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    dedupe_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    profile_id: UUID = Field(foreign_key="profiles.id")
    run_id: UUID = Field(foreign_key="journey_runs.id")
    journey: str = words()
    message: str = words()
    step: str = words()
    visit: int
    purpose: str = words()
    priority: int
    action: str = words()
    reason: str = words()
    channel: str | None = words(nullable=True)
    next_eligible_at: datetime | None = instant(nullable=True)
    decided_at: datetime = instant()
    policy: str = words()
    facts: dict[str, Any] = json("{}")
    trace: list[Any] = json("[]")


class Reservation(SQLModel, table=True):
    """A slot taken for one send. It counts toward caps from the moment it is reserved until it is released or fails.

    Its profile is its decision's, and no key of its own: a look at every slot there ever was for each one removed.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        Index(
            "reservations_that_count",
            "profile_id",
            "exposed_at",
            postgresql_where=text("state NOT IN ('released', 'failed')"),
        ),
        Index(
            "reservations_by_address",
            "channel",
            "address",
            "exposed_at",
            postgresql_where=text("address IS NOT NULL AND state NOT IN ('released', 'failed')"),
        ),
        Index(
            "reservations_by_provider",
            "provider_message_id",
            postgresql_where=text("provider_message_id IS NOT NULL"),
        ),
    )

    decision_id: UUID = Field(primary_key=True, foreign_key="decisions.id")
    profile_id: UUID
    channel: str = words()
    address: str | None = words(nullable=True)
    purpose: str = words()
    priority: int
    topic: str | None = words(nullable=True)
    session_id: str | None = words(nullable=True)
    state: str = words()
    reserved_at: datetime = instant()
    exposed_at: datetime = instant()
    updated_at: datetime = instant()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    provider: str | None = words(nullable=True)
    provider_message_id: str | None = words(nullable=True)
    reason: str | None = words(nullable=True)
    detail: str | None = words(nullable=True)


class Deferral(SQLModel, table=True):
    """A message that waits: the priority queue, keyed by the next eligible time. One row a run and step.

    Its decision is no key: all that waits would be gone through for each decision of a person who is erased.
    """

    __tablename__ = "deferrals"
    __table_args__ = (
        Index("deferrals_by_profile", "profile_id", "next_eligible_at"),
        Index("deferrals_by_time", "next_eligible_at", "reason"),
    )

    run_id: UUID = Field(primary_key=True, foreign_key="journey_runs.id")
    step: str = words(primary_key=True)
    decision_id: UUID
    profile_id: UUID = Field(foreign_key="profiles.id")
    message: str = words()
    channel: str = words()
    reason: str = words()
    purpose: str = words()
    topic: str | None = words(nullable=True)
    priority: int
    next_eligible_at: datetime | None = instant(nullable=True)
    deferred_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
