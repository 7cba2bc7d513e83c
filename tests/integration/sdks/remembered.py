"""What a database knows after events came in, in terms that two databases can be compared by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fermata.database import Pool

_FACTS = (
    *("time_zone", "country", "subdivision", "device_time_zone", "device_country", "locale", "addresses", "consent"),
    *("traits", "quiet_hours", "do_not_disturb", "do_not_disturb_until"),
)


@dataclass(frozen=True)
class Remembered:
    """All that is to be the same.

    Args:
        events: By message id: type, name, properties, and whose it is.
        occurred_at: By message id.
        identities: Of each person, by user id, and whether only an alias tells of it.
        facts: Of each person, by user id.
        routings: By message id of the events that could start a run: what became of them.
        enrolled: The people who have a run.
    """

    events: dict[str, tuple[Any, ...]]
    occurred_at: dict[str, datetime]
    identities: dict[str, set[tuple[str, str, bool]]]
    facts: dict[str, dict[str, Any]]
    routings: dict[str, dict[str, str]]
    enrolled: set[str]


async def remembered(pool: Pool) -> Remembered:
    """Reads everything."""
    names = await pool.fetch("SELECT kind, value, profile_id, assumed FROM identities")
    # By user id; whoever never gave one, by the first of their other names.
    strength = sorted(names, key=lambda row: (row["assumed"], row["kind"] != "user_id", row["kind"], row["value"]))
    people = {row["profile_id"]: row["value"] for row in reversed(strength)}
    identities: dict[str, set[tuple[str, str, bool]]] = {}
    for row in names:
        identities.setdefault(people[row["profile_id"]], set()).add((row["kind"], row["value"], row["assumed"]))
    events = await pool.fetch("SELECT * FROM events")
    profiles = await pool.fetch("SELECT * FROM profiles")
    runs = await pool.fetch("SELECT profile_id FROM journey_runs")
    return Remembered(
        events={
            row["message_id"]: (row["type"], row["name"], row["properties"], people[row["profile_id"]])
            for row in events
        },
        occurred_at={row["message_id"]: row["occurred_at"] for row in events},
        identities=identities,
        facts={people[row["id"]]: {name: row[name] for name in _FACTS} for row in profiles},
        routings={row["message_id"]: row["routing"] for row in events if row["name"] == "Product Added"},
        enrolled={people[row["profile_id"]] for row in runs},
    )
