"""Policies as they were written, and when each was in force."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, words


class PolicyDocument(SQLModel, table=True):
    """A policy as its author wrote it. Its key is the hash of what it says, so a document is stored once."""

    __tablename__ = "policies"

    version: str = words(primary_key=True)
    document: str = words()
    stored_at: datetime = instant()
    author: str = words()


class PolicyActivation(SQLModel, table=True):
    """One policy put in force. Every decision obeys the last row; the others are how it came to that."""

    __tablename__ = "policy_activations"
    __table_args__ = (Index("policy_activations_by_version", "version", "activated_at"),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    version: str = Field(sa_column=Column(Text, ForeignKey("policies.version"), nullable=False))
    activated_at: datetime = instant()
    author: str = words()
    note: str | None = words(nullable=True)
