"""The providers that workers send through, and how they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class ProviderHealth(SQLModel, table=True):
    """One provider of one channel: what was declared of it, whether it is out for a while, and what operators say.

    It is written when something changes and never by a send that went well.
    """

    __tablename__ = "provider_health"

    channel: str = words(primary_key=True)
    name: str = words(primary_key=True)
    kind: str | None = words(nullable=True)
    weight: int
    tier: int
    rate: float | None = None
    seen_at: datetime = instant()
    outages: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    out_since: datetime | None = instant(nullable=True)
    out_until: datetime | None = instant(nullable=True)
    tried_until: datetime | None = instant(nullable=True)
    detail: str | None = words(nullable=True)
    held_at: datetime | None = instant(nullable=True)
    held_by: str | None = words(nullable=True)


class SendingWorker(SQLModel, table=True):
    """A worker that sends, and when it was last heard of. A handful of rows, which go with their workers."""

    __tablename__ = "sending_workers"

    id: UUID = Field(primary_key=True)
    seen_at: datetime = instant()
