"""What was chosen to come next for somebody, of which choices, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Double, Index
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class NextBestAction(SQLModel, table=True):
    """One answer to a run that asked what comes next.

    ``action`` is the key of what was chosen, NULL where no signal held. ``held_out``: it was chosen and not done, so
    that what it brings can be measured. ``considered`` has each choice with what was seen of its signal.
    """

    __tablename__ = "next_best_actions"
    __table_args__ = (
        Index("next_best_actions_by_profile", "profile_id", "chosen_at"),
        Index("next_best_actions_by_time", "chosen_at"),
    )

    run_id: UUID = Field(primary_key=True, foreign_key="journey_runs.id")
    step: str = words(primary_key=True)
    profile_id: UUID = Field(foreign_key="profiles.id")
    journey: str = words()
    action: str | None = words(nullable=True)
    held_out: bool
    why: str = words()
    considered: list[dict[str, Any]] = json("[]")
    propensity: float | None = Field(sa_column=Column(Double, nullable=True))
    chosen_at: datetime = instant()
