"""What order events say that they are worth: by the rule of ``fermata.traits.money``, as SQL over ``e.properties``."""

from datetime import datetime

from fermata.analytics.measurable import LONGEST
from fermata.database import Connection, Queries
from fermata.segments.json_sql import number_sql

_QUERIES = Queries("fermata.analytics", "order_value.sql")
_SUMS = ("revenue", "total", "value", "subtotal")
_EACH = ", ".join(number_sql(f"(e.properties -> '{name}')") for name in _SUMS)
STATED_SQL = f"coalesce({_EACH})"
"""NULL where the event names no sum."""


async def currency_of(connection: Connection, event: str, since: datetime, until: datetime) -> str | None:
    """The currency that most of these events name; nothing is converted, and sums in another one count for nothing.

    Args:
        connection: Any.
        event: Its name.
        since, until: When they occurred; until is exclusive.

    Returns:
        ISO 4217, or None where none is named.
    """
    found: str | None = await connection.fetchval(_QUERIES["currency"], event, since, until, timeout=LONGEST)
    return found
