"""Who is to be in an audience of an ad platform, and what the platform was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Integer, text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


def _count(start: int) -> int:
    value: int = Field(sa_column=Column(Integer, nullable=False, server_default=text(str(start))))
    return value


class AudienceMember(SQLModel, table=True):
    """One person in one audience: ``wanted`` is how it is to be, ``told`` what the platform may hold of them.

    ``due_at`` is set while the platform has to hear of it. ``version`` grows with every change of what is wanted and
    ``claim`` with everyone who sets out to tell the platform, so that a late answer settles nothing that is newer.
    ``told`` lists match keys, ``[["email", SHA-256], …]``, so that a withdrawal names what was added, even where the
    person's address is another by now. A person who is erased leaves it without ``profile_id`` until it is empty.
    """

    __tablename__ = "audience_members"
    __table_args__ = (
        Index("audience_members_of_profile", "profile_id", "platform", "audience", unique=True),
        Index("audience_members_of_run", "run_id", postgresql_where=text("wanted OR returns_at IS NOT NULL")),
        Index("audience_members_due", "wanted", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("audience_members_returning", "returns_at", postgresql_where=text("returns_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    profile_id: UUID | None = Field(default=None, foreign_key="profiles.id")
    platform: str = words()
    audience: str = words()
    wanted: bool
    wanted_since: datetime = instant()
    reason: str = words()
    run_id: UUID | None = Field(default=None, foreign_key="journey_runs.id")
    returns_at: datetime | None = instant(nullable=True)
    leave_on: list[str] = json("[]")
    version: int = _count(1)
    claim: int = _count(0)
    failures: int = _count(0)
    due_at: datetime | None = instant(nullable=True)
    told: list[list[str]] = json("[]")
    told_at: datetime | None = instant(nullable=True)
    detail: str | None = words(nullable=True)
