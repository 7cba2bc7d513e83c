"""The catalogue of products, and how far a file that is being imported has come."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Numeric, Text
from sqlmodel import Field, SQLModel

from fermata.database.tables.columns import instant, json, words


def _count() -> Any:  # noqa: ANN401 - sqlmodel types its Field as Any
    return Field(sa_column=Column(BigInteger, nullable=False))


class Product(SQLModel, table=True):
    """A product, as the last file that named it says. Events that name it get what they leave out."""

    __tablename__ = "products"
    __table_args__ = (Index("products_of_a_category", "category", "updated_at", "product_id"),)

    product_id: str = words(primary_key=True)
    sku: str | None = Field(sa_column=Column(Text, nullable=True, index=True))
    name: str | None = words(nullable=True)
    category: str | None = words(nullable=True)
    brand: str | None = words(nullable=True)
    price: Decimal | None = Field(sa_column=Column(Numeric, nullable=True))
    currency: str | None = words(nullable=True)
    url: str | None = words(nullable=True)
    image_url: str | None = words(nullable=True)
    properties: dict[str, Any] = json("{}")
    updated_at: datetime = instant()


class EventFile(SQLModel, table=True):
    """A file of events and how much of it is stored, so that its import can go on where it was cut off.

    ``digest`` is of the file's first ``position`` bytes: a file that was changed before there is read from its start.
    """

    __tablename__ = "event_files"

    path: str = words(primary_key=True)
    position: int = _count()
    line: int = _count()
    digest: bytes
    accepted: int = _count()
    duplicates: int = _count()
    rejected: int = _count()
    rejects_size: int = _count()
    started_at: datetime = instant()
    updated_at: datetime = instant()
