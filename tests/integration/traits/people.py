"""People written straight into the tables, with what they did, for tests of traits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.database import Connection, Pool, new_id
from tests.people import NOON


@dataclass(frozen=True)
class Did:
    """Something that somebody did."""

    name: str
    at: datetime
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Somebody:
    """A person."""

    did: Sequence[Did] = ()
    traits: dict[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=new_id)


async def write(connection: Connection | Pool, *people: Somebody) -> None:
    """Writes them into the tables."""
    await connection.executemany(
        "INSERT INTO profiles (id, created_at, updated_at, traits) VALUES ($1, $2, $2, $3)",
        [(person.id, NOON, person.traits) for person in people],
    )
    await connection.executemany(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES ($1, $2, 'track', $3, $4, $5, $5, $6)",
        [
            (new_id(), str(new_id()), each.name, person.id, each.at, each.properties)
            for person in people
            for each in person.did
        ],
    )
