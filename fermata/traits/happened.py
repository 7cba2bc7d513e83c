"""An event as traits look at it, and the names of those that they know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

ORDER_COMPLETED = "Order Completed"
ORDER_UPDATED = "Order Updated"
ORDER_REFUNDED = "Order Refunded"
ORDER_CANCELLED = "Order Cancelled"
ORDER_EVENTS = (ORDER_COMPLETED, ORDER_UPDATED, ORDER_REFUNDED, ORDER_CANCELLED)
"""What tells of purchases, by the names of Segment's ecommerce spec."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of one person.

    Args:
        id: Ours. It grows in the order of arrival, so nothing but identity may rest on it.
        name: Its standard name.
        at: When it occurred (aware).
        properties: As they are stored.
    """

    id: UUID
    name: str
    at: datetime
    properties: Mapping[str, Any]
