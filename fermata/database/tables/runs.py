"""Runs of journeys, who is held out of them, and what is on its way to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Double, Identity, Index, Text, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class JourneyRun(SQLModel, table=True):
    """One enrolment of a profile in a journey. Holdouts are enrolled too, and never reached.

    ``key`` tells runs of one profile in one journey apart: an order, a ticket; "" where the journey has no key.
    """

    __tablename__ = "journey_runs"
    __table_args__ = (
        Index(
            "journey_runs_active",
            "profile_id",
            "journey",
            "key",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("journey_runs_latest", "profile_id", "journey", "key", "started_at"),
        Index("journey_runs_by_state", "journey", "state", "started_at", "id"),
        Index("journey_runs_active_since", "started_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    journey: str = words()
    profile_id: UUID = Field(foreign_key="profiles.id")
    key: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    workflow_id: str = words()
    temporal_run_id: str | None = Field(sa_column=Column(Text, nullable=True, unique=True))
    trigger_event_id: UUID
    state: str = words()
    reason: str = words(nullable=True)
    started_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class Holdout(SQLModel, table=True):
    """One draw, kept for ever with the profile: whether it is held out of a journey, or of all (``scope`` is "" then).

    ``share`` is what was drawn against, and does not count afterwards. Another ``salt`` is another draw.
    """

    __tablename__ = "holdouts"

    profile_id: UUID = Field(foreign_key="profiles.id", primary_key=True)
    scope: str = words(primary_key=True)
    salt: str = words(primary_key=True)
    held_out: bool
    share: float = Field(sa_column=Column(Double, nullable=False))
    drawn_at: datetime = instant()


class VariantExposure(SQLModel, table=True):
    """A run showed its person one of several variants. The first that somebody ever saw of an experiment is theirs."""

    __tablename__ = "variant_exposures"
    __table_args__ = (Index("variant_exposures_by_profile", "profile_id", "experiment", "exposed_at"),)

    run_id: UUID = Field(primary_key=True, foreign_key="journey_runs.id")
    experiment: str = words(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id")
    variant: str = words()
    share: float
    exposed_at: datetime = instant()


class ChildRun(SQLModel, table=True):
    """A run that another run of the same person has started.

    ``awaited``: the parent waits for its end, so it ends and is paused with the parent.
    """

    __tablename__ = "child_runs"
    __table_args__ = (Index("child_runs_of_parent", "parent_run_id"),)

    run_id: UUID = Field(primary_key=True, foreign_key="journey_runs.id")
    parent_run_id: UUID = Field(foreign_key="journey_runs.id")
    awaited: bool


class Dispatch(SQLModel, table=True):
    """An event, or a word to decide again, on its way to a workflow.

    ``id`` grows in commit order for each profile: the row lock sees to that. Its event is no key: every dispatch there
    ever was would be gone through for each event of a person who is erased.
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        Index("dispatches_waiting", "profile_id", "id", postgresql_where=text("delivered_at IS NULL")),
        Index("dispatches_of_run", "run_id", "id", postgresql_where=text("delivered_at IS NULL")),
        Index("dispatches_due", "due_at", "id", postgresql_where=text("delivered_at IS NULL")),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    profile_id: UUID
    run_id: UUID = Field(foreign_key="journey_runs.id", index=True)
    event_id: UUID | None = None
    kind: str = words()
    payload: dict[str, Any] = json("{}")
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    failures: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    due_at: datetime = instant()
    created_at: datetime = instant()
    delivered_at: datetime | None = instant(nullable=True)
    result: str | None = words(nullable=True)
