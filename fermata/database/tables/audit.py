"""What operators and admins did."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class AuditLogEntry(SQLModel, table=True):
    """One act, or its beginning, or its end. Rows are added and never changed: a trigger sees to that.

    ``act`` is the same for beginning and end; ``target`` says nothing of who a person is.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index("audit_log_by_time", "at", "id"),)

    id: UUID = Field(primary_key=True)
    act: UUID
    at: datetime = instant()
    actor: str = words()
    door: str = words()
    action: str = words()
    target: str = words()
    outcome: str = words()
    detail: str = words()
