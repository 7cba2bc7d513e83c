"""Where the short links in text messages lead."""

from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import words


class ShortLink(SQLModel, table=True):
    """A link in a text message, by the last part of its address. A person's are reached by way of their decisions."""

    __tablename__ = "short_links"
    __table_args__ = (Index("short_links_of_decision", "decision_id"),)

    token: str = Field(sa_column=Column(Text, primary_key=True))
    decision_id: UUID = Field(foreign_key="decisions.id")
    url: str = words()
