"""What traits need of the whole population: where its fifths lie, and the models that were trained on it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


class PopulationBorders(SQLModel, table=True):
    """Where the fifths of a population lay at an instant. The newest is read; the others say how they moved."""

    __tablename__ = "population_borders"
    __table_args__ = (Index("population_borders_newest", "kind", "at"),)

    id: UUID = Field(primary_key=True)
    kind: str = words()
    at: datetime = instant()
    people: int
    document: dict[str, Any] = json("{}")


class TrainedModel(SQLModel, table=True):
    """One training of a model: its coefficients, what it was trained and measured on, and whether it was accepted."""

    __tablename__ = "trained_models"
    __table_args__ = (Index("trained_models_newest", "kind", "accepted", "trained_at"),)

    id: UUID = Field(primary_key=True)
    kind: str = words()
    trained_at: datetime = instant()
    accepted: bool
    people: int
    document: dict[str, Any] = json("{}")
