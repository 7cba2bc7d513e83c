"""How the tables write down instants, texts and JSON: one way for all of them."""

from typing import Any

from sqlalchemy import Column, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field


def instant(*, nullable: bool = False) -> Any:  # noqa: ANN401 - sqlmodel types its Field as Any
    """An instant, with its zone."""
    return Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=nullable))


def words(*, nullable: bool = False, primary_key: bool = False) -> Any:  # noqa: ANN401
    """Text of any length."""
    return Field(sa_column=Column(Text, nullable=nullable, primary_key=primary_key))


def json(default: str) -> Any:  # noqa: ANN401
    """JSON that is never null.

    Args:
        default: As JSON text.
    """
    return Field(sa_column=Column(JSONB, nullable=False, server_default=text(f"'{default}'::jsonb")))
