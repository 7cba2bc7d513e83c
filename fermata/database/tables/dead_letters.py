"""What could not be processed or delivered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words

_WAITING = text("ended_at IS NULL")


class DeadLetter(SQLModel, table=True):
    """An event that is stored nowhere else (``payload``), or a dispatch that reached no run; open until it ended.

    ``reason`` says nothing of a person. Where a dispatch goes, with its run or its person, its letter goes too.
    """

    __tablename__ = "dead_letters"
    __table_args__ = (
        Index("dead_letters_by_time", "died_at", "id"),
        Index("dead_letters_waiting", "died_at", "id", postgresql_where=_WAITING),
        Index("dead_letters_of_message", "message_id", unique=True, postgresql_where=_WAITING),
        Index("dead_letters_of_dispatch", "dispatch_id"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = words()
    reason: str = words()
    tries: int
    died_at: datetime = instant()
    dispatch_id: int | None = Field(
        sa_column=Column(BigInteger, ForeignKey("dispatches.id", ondelete="CASCADE"), nullable=True)
    )
    message_id: str | None = words(nullable=True)
    payload: str | None = words(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    ended_as: str | None = words(nullable=True)
