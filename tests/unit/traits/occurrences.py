"""Events for tests of traits, written in one line each."""

from datetime import datetime, timedelta
from typing import Any

from fermata.database import new_id
from fermata.traits.happened import Happened
from tests.people import NOON

DAY = timedelta(days=1)


def ago(days: float, name: str, **properties: Any) -> Happened:
    """Something that happened so many days before noon."""
    return Happened(new_id(), name, NOON - days * DAY, properties)


def ordered(days: float, number: str | None = None, revenue: float | None = None, **properties: Any) -> Happened:
    """An order of so many days ago."""
    given = {"order_id": number, "revenue": revenue, "currency": "EUR", **properties}
    return ago(days, "Order Completed", **{name: value for name, value in given.items() if value is not None})


def before(days: float) -> datetime:
    """The instant so many days before noon."""
    return NOON - days * DAY
