"""Events: what came in, and what the door refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class Event(SQLModel, table=True):
    """An accepted event, as it was understood. Each month, by the ids, is a table of its own in Postgres.

    ``routing`` says what it started or reached, by journey, and ``explanations`` why not, where a condition or a limit
    said no; ``enrichment`` what was added to its properties and how its person came here; ``marks`` what was done with
    it; ``original_name`` is the sender's, where the event came under another name than its standard one.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("events_by_profile", "profile_id", "name", "occurred_at"),
        # For whole populations. The profile is no key of it, so that one profile's events are not looked up here.
        Index("events_by_name", "name", "occurred_at", postgresql_include=["profile_id"]),
        # What became of events, by journey and reason. Most events concern no journey and are not in it.
        Index(
            "events_by_routing",
            "routing",
            postgresql_using="gin",
            postgresql_ops={"routing": "jsonb_path_ops"},
            postgresql_where=text("routing <> '{}'::jsonb"),
        ),
        # How somebody came here, first and last: few events of a person say so.
        Index("events_with_touch", "profile_id", "occurred_at", postgresql_where=text("enrichment ? 'touch'")),
    )

    id: UUID = Field(primary_key=True)
    message_id: str = words()
    type: str = words()
    name: str = words()
    profile_id: UUID = Field(foreign_key="profiles.id")
    occurred_at: datetime = instant()
    received_at: datetime = instant()
    properties: dict[str, Any] = json("{}")
    context: dict[str, Any] = json("{}")
    routing: dict[str, str] = json("{}")
    explanations: dict[str, str] = json("{}")
    enrichment: dict[str, Any] = json("{}")
    marks: list[str] = json("[]")
    original_name: str | None = words(nullable=True)


class MessageId(SQLModel, table=True):
    """A ``messageId`` that is taken, by which event: once over all months. It is there for as long as the event is."""

    __tablename__ = "message_ids"
    __table_args__ = (Index("message_ids_by_event", "event_id"),)

    message_id: str = words(primary_key=True)
    event_id: UUID


class RejectedEvent(SQLModel, table=True):
    """An event that the door refused, kept with the reason so that it can be mended and sent again."""

    __tablename__ = "rejected_events"
    __table_args__ = (Index("rejected_events_by_time", "received_at", "id"),)

    id: UUID = Field(primary_key=True)
    received_at: datetime = instant()
    door: str = words()
    field: str = words()
    reason: str = words()
    payload: str = words()
    resent_at: datetime | None = instant(nullable=True)
