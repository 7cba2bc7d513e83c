"""The schema, in one place: each table a SQLModel class. Migrations are generated from it and a test proves they agree.

Hot statements are plain SQL (the ``queries.sql`` of each room): these classes describe and migrate, and load nothing.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel


def _instant(*, nullable: bool = False) -> Any:  # noqa: ANN401 - sqlmodel types its Field as Any
    return Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=nullable))


def _text(*, nullable: bool = False, primary_key: bool = False) -> Any:  # noqa: ANN401
    return Field(sa_column=Column(Text, nullable=nullable, primary_key=primary_key))


def _json(default: str) -> Any:  # noqa: ANN401
    return Field(sa_column=Column(JSONB, nullable=False, server_default=text(f"'{default}'::jsonb")))


class Profile(SQLModel, table=True):
    """A person, and the facts that a decision is made on. Its row is the lock that orders everything about them.

    ``facts_at`` says when each fact was last stated, in microseconds since 1970, so that a late event changes nothing
    newer: ``{"addresses.email": …, "consent.email.marketing": …}``.
    """

    __tablename__ = "profiles"

    id: UUID = Field(primary_key=True)
    created_at: datetime = _instant()
    updated_at: datetime = _instant()
    time_zone: str | None = _text(nullable=True)
    country: str | None = _text(nullable=True)
    subdivision: str | None = _text(nullable=True)
    device_time_zone: str | None = _text(nullable=True)
    device_country: str | None = _text(nullable=True)
    locale: str | None = _text(nullable=True)
    addresses: dict[str, str] = _json("{}")
    consent: dict[str, dict[str, str]] = _json("{}")
    traits: dict[str, Any] = _json("{}")
    quiet_hours: dict[str, str] | None = Field(sa_column=Column(JSONB, nullable=True))
    do_not_disturb: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    do_not_disturb_until: datetime | None = _instant(nullable=True)
    session_id: str | None = _text(nullable=True)
    session_seen_at: datetime | None = _instant(nullable=True)
    facts_at: dict[str, int] = _json("{}")


class Identity_(SQLModel, table=True):  # noqa: N801 - SQLAlchemy has an Identity of its own
    """One name of a profile: a user id or an anonymous id."""

    __tablename__ = "identities"

    kind: str = _text(primary_key=True)
    value: str = _text(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id", index=True)
    first_seen_at: datetime = _instant()


class Suppression(SQLModel, table=True):
    """An address that must not be reached on a channel, whoever's profile it is on."""

    __tablename__ = "suppressions"

    channel: str = _text(primary_key=True)
    address: str = _text(primary_key=True)
    reason: str = _text()
    created_at: datetime = _instant()


class Event(SQLModel, table=True):
    """An accepted event, as it was understood.

    ``routing`` says what it started or reached, by journey; ``marks`` what was done with it; ``original_name`` is the
    sender's, where the event came under another name than its standard one.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("events_by_profile", "profile_id", "name", "occurred_at"),
        # For whole populations. The profile is no key of it, so that one profile's events are not looked up here.
        Index("events_by_name", "name", "occurred_at", postgresql_include=["profile_id"]),
    )

    id: UUID = Field(primary_key=True)
    message_id: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    type: str = _text()
    name: str = _text()
    profile_id: UUID = Field(foreign_key="profiles.id")
    occurred_at: datetime = _instant()
    received_at: datetime = _instant()
    properties: dict[str, Any] = _json("{}")
    context: dict[str, Any] = _json("{}")
    routing: dict[str, str] = _json("{}")
    marks: list[str] = _json("[]")
    original_name: str | None = _text(nullable=True)


class RejectedEvent(SQLModel, table=True):
    """An event that the door refused, kept with the reason so that it can be mended and sent again."""

    __tablename__ = "rejected_events"
    __table_args__ = (Index("rejected_events_by_time", "received_at", "id"),)

    id: UUID = Field(primary_key=True)
    received_at: datetime = _instant()
    door: str = _text()
    field: str = _text()
    reason: str = _text()
    payload: str = _text()
    resent_at: datetime | None = _instant(nullable=True)


class JourneyRun(SQLModel, table=True):
    """One enrolment of a profile in a journey. Holdouts are enrolled too, and never reached."""

    __tablename__ = "journey_runs"
    __table_args__ = (
        Index(
            "journey_runs_active",
            "profile_id",
            "journey",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("journey_runs_latest", "profile_id", "journey", "started_at"),
        Index("journey_runs_by_journey", "journey", "started_at"),
    )

    id: UUID = Field(primary_key=True)
    journey: str = _text()
    profile_id: UUID = Field(foreign_key="profiles.id")
    workflow_id: str = _text()
    temporal_run_id: str | None = Field(sa_column=Column(Text, nullable=True, unique=True))
    trigger_event_id: UUID
    state: str = _text()
    reason: str = _text(nullable=True)
    started_at: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class Dispatch(SQLModel, table=True):
    """An event, or a word to decide again, on its way to a workflow.

    ``id`` grows in commit order for each profile: the row lock sees to that.
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        Index("dispatches_waiting", "profile_id", "id", postgresql_where=text("delivered_at IS NULL")),
        Index("dispatches_due", "due_at", "id", postgresql_where=text("delivered_at IS NULL")),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    profile_id: UUID
    run_id: UUID = Field(foreign_key="journey_runs.id", index=True)
    event_id: UUID | None = Field(default=None, foreign_key="events.id")
    kind: str = _text()
    payload: dict[str, Any] = _json("{}")
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    due_at: datetime = _instant()
    created_at: datetime = _instant()
    delivered_at: datetime | None = _instant(nullable=True)
    result: str | None = _text(nullable=True)


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
    journey: str = _text()
    message: str = _text()
    step: str = _text()
    visit: int
    purpose: str = _text()
    priority: int
    action: str = _text()
    reason: str = _text()
    channel: str | None = _text(nullable=True)
    next_eligible_at: datetime | None = _instant(nullable=True)
    decided_at: datetime = _instant()
    policy: str = _text()
    facts: dict[str, Any] = _json("{}")
    trace: list[Any] = _json("[]")


class Reservation(SQLModel, table=True):
    """A slot taken for one send. It counts toward caps from the moment it is reserved until it is released or fails."""

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
    )

    decision_id: UUID = Field(primary_key=True, foreign_key="decisions.id")
    profile_id: UUID = Field(foreign_key="profiles.id")
    channel: str = _text()
    address: str | None = _text(nullable=True)
    purpose: str = _text()
    priority: int
    topic: str | None = _text(nullable=True)
    session_id: str | None = _text(nullable=True)
    state: str = _text()
    reserved_at: datetime = _instant()
    exposed_at: datetime = _instant()
    updated_at: datetime = _instant()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    provider: str | None = _text(nullable=True)
    provider_message_id: str | None = _text(nullable=True)
    reason: str | None = _text(nullable=True)
    detail: str | None = _text(nullable=True)


class Deferral(SQLModel, table=True):
    """A message that waits: the priority queue, keyed by the next eligible time. One row a run and step."""

    __tablename__ = "deferrals"
    __table_args__ = (Index("deferrals_by_profile", "profile_id", "next_eligible_at"),)

    run_id: UUID = Field(primary_key=True, foreign_key="journey_runs.id")
    step: str = _text(primary_key=True)
    decision_id: UUID = Field(foreign_key="decisions.id")
    profile_id: UUID = Field(foreign_key="profiles.id")
    message: str = _text()
    channel: str = _text()
    reason: str = _text()
    purpose: str = _text()
    topic: str | None = _text(nullable=True)
    priority: int
    next_eligible_at: datetime | None = _instant(nullable=True)
    deferred_at: datetime = _instant()
    expires_at: datetime | None = _instant(nullable=True)


class PolicyDocument(SQLModel, table=True):
    """A policy as its author wrote it. Its key is the hash of what it says, so a document is stored once."""

    __tablename__ = "policies"

    version: str = _text(primary_key=True)
    document: str = _text()
    stored_at: datetime = _instant()
    author: str = _text()


class PolicyActivation(SQLModel, table=True):
    """One policy put in force. Every decision obeys the last row; the others are how it came to that."""

    __tablename__ = "policy_activations"
    __table_args__ = (Index("policy_activations_by_version", "version", "activated_at"),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    version: str = Field(sa_column=Column(Text, ForeignKey("policies.version"), nullable=False))
    activated_at: datetime = _instant()
    author: str = _text()
    note: str | None = _text(nullable=True)


class InboxItem(SQLModel, table=True):
    """A card, an inbox message or a badge, kept for the person's next look."""

    __tablename__ = "inbox_items"
    __table_args__ = (Index("inbox_items_by_profile", "profile_id", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id")
    kind: str = _text()
    message: str = _text()
    title: str = _text()
    body: str = _text()
    url: str | None = _text(nullable=True)
    created_at: datetime = _instant()
    read_at: datetime | None = _instant(nullable=True)
    expires_at: datetime | None = _instant(nullable=True)


class ApiKey(SQLModel, table=True):
    """A key to the HTTP surface. Only its hash is kept."""

    __tablename__ = "api_keys"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    hash: bytes = Field(sa_column_kwargs={"unique": True})
    scopes: list[str] = _json("[]")
    created_at: datetime = _instant()
    revoked_at: datetime | None = _instant(nullable=True)
