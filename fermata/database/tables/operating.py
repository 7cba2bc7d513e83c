"""What operators did with runs: who, what, why, when, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class OperatorAction(SQLModel, table=True):
    """One word of an operator's to one run. Rows are added and never changed: a trigger sees to that.

    ``result`` is a code; ``detail`` says where the run stood after it, or why it was not done.
    """

    __tablename__ = "operator_actions"
    __table_args__ = (Index("operator_actions_of_run", "run_id", "at", "id"),)

    id: UUID = Field(primary_key=True)
    run_id: UUID = Field(foreign_key="journey_runs.id")
    action: str = words()
    by: str = words()
    why: str = words()
    at: datetime = instant()
    result: str = words()
    detail: str = words()
