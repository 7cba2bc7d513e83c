"""A ledger full of other people's exposures, and the people whom a benchmark decides about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from fermata.database import Connection, Pool, Queries, new_id
from fermata.journeys import Message
from fermata.ledger import Attempt
from fermata.vocabulary import Channel

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_DAY = timedelta(days=1)
_QUERIES = Queries("cli.bench", "ledger_rows.sql")
_EXPOSURES_EACH = 20
_MESSAGE = Message(key="hello", channels=(Channel.EMAIL,))


@dataclass
class Person:
    """Somebody who gets a message every day at noon: so each attempt is a send, on as many exposures as the last.

    Args:
        id: Of the profile, the run and its trigger.
    """

    id: UUID
    _days: "count[int]" = field(default_factory=count)

    def next_attempt(self) -> Attempt:
        """The attempt of the next day."""
        day = next(self._days)
        return Attempt(
            run_id=self.id,
            profile_id=self.id,
            journey="cart_recovery",
            message=_MESSAGE,
            step=f"hello-{day}",
            visit=1,
            dedupe_key=f"cart_recovery/{self.id}:first:hello-{day}:1",
            priority=50,
            asked_at=NOON + day * _DAY,
            goal="Order Completed",
        )


async def fill(connection: Connection, exposures: int) -> None:
    """Writes other people with their exposures, evenly over the thirty days before ``NOON``, and tidies up.

    Args:
        connection: To an empty database with the schema, as a superuser, outside a transaction.
        exposures: How many.
    """
    others = max(exposures // _EXPOSURES_EACH, 1)
    await connection.execute("SET session_replication_role = replica")  # the rows are right: no foreign key is checked
    await connection.execute(_QUERIES["profiles"], others, NOON - timedelta(days=31))
    await connection.execute(_QUERIES["events"])
    await connection.execute(_QUERIES["runs"])
    await connection.execute(_QUERIES["decisions"], exposures, others, NOON)
    for name in ("reservations", "deferrals", "suppressions", "holdouts"):
        await connection.execute(_QUERIES[name])
    await connection.execute("SET session_replication_role = DEFAULT")
    await connection.execute("VACUUM (ANALYZE)")  # or it would be done while we measure
    await connection.execute("CHECKPOINT")


async def people(pool: Pool, number: int) -> list[Person]:
    """Writes people who may be reached by email, each in a run.

    Args:
        pool: Connections to the database.
        number: How many.
    """
    return await people_named(pool, [new_id() for _ in range(number)])


async def people_named(pool: Pool, ids: Iterable[UUID]) -> list[Person]:
    """As ``people``, with ids that the caller chose.

    Args:
        pool: Connections to the database.
        ids: Of the profiles; nobody has them yet.
    """
    made = [Person(profile_id) for profile_id in ids]
    async with pool.acquire() as connection, connection.transaction():
        for name in ("person", "trigger", "run"):
            await connection.executemany(_QUERIES[name], [(person.id, NOON) for person in made])
    return made
