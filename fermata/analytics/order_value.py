"""What an order event says it is worth, as SQL over ``e.properties``: by the rule of ``fermata.traits.money``."""

from fermata.segments.json_sql import number_sql

_SUMS = ("revenue", "total", "value", "subtotal")
_EACH = ", ".join(number_sql(f"(e.properties -> '{name}')") for name in _SUMS)
STATED_SQL = f"coalesce({_EACH})"
"""NULL where the event names no sum."""
