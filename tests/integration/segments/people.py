"""People as plain facts, and how they are written into the tables: what a segment is asked about."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.database import Connection, new_id
from tests.people import NOON


@dataclass(frozen=True)
class Happened:
    """An event."""

    name: str
    at: datetime
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run of a journey."""

    journey: str
    started_at: datetime
    ended_at: datetime | None = None
    state: str = "active"


@dataclass(frozen=True)
class Person:
    """Somebody, and all that is on record of them."""

    id: UUID = field(default_factory=new_id)
    traits: dict[str, Any] = field(default_factory=dict)
    consent: dict[str, dict[str, str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    country: str | None = None
    device_country: str | None = None
    time_zone: str | None = None
    device_time_zone: str | None = None
    events: tuple[Happened, ...] = ()
    runs: tuple[Run, ...] = ()


async def write(connection: Connection, *people: Person) -> None:
    """Writes them into the tables."""
    for person in people:
        await connection.execute(
            "INSERT INTO profiles (id, created_at, updated_at, traits, consent, addresses, country, device_country,"
            " time_zone, device_time_zone) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9)",
            person.id,
            NOON,
            person.traits,
            person.consent,
            person.addresses,
            person.country,
            person.device_country,
            person.time_zone,
            person.device_time_zone,
        )
    await connection.executemany(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES ($1, $2, 'track', $3, $4, $5, $5, $6)",
        [
            (new_id(), str(new_id()), each.name, person.id, each.at, each.properties)
            for person in people
            for each in person.events
        ],
    )
    await connection.executemany(
        "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at, ended_at)"
        " VALUES ($1, $2, $3, $4, $1, $5, $6, $7)",
        [
            (new_id(), run.journey, person.id, f"{run.journey}/{person.id}", run.state, run.started_at, run.ended_at)
            for person in people
            for run in person.runs
        ],
    )
