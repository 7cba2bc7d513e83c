"""What ad platforms have to hear of: handed out in batches, settled when they have, put off when they cannot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from fermata.audiences.declared import Audience
from fermata.audiences.identifiers import Hashing, Identifier, Person, match_keys
from fermata.database import Pool, Queries

_QUERIES = Queries("fermata.audiences", "telling.sql")

LEASE = timedelta(minutes=5)
"""How long a batch is its claimant's: far longer than a request takes, so that a late one overtakes no later one."""

_LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Task:
    """One person's place in one audience, to be told to its platform.

    Args:
        id: The membership's.
        audience: The deployment's name of the audience.
        claim, version: What is claimed: a later claim, or another wish, is not settled by this one.
        failures: How often the platform could not take it before.
        target: The match keys that the platform is to hold; none where the person is to be out.
        gone: Those that it may hold and must not.
    """

    id: UUID
    audience: str
    claim: int
    version: int
    failures: int
    target: Person
    gone: Person


async def claim(
    pool: Pool, audiences: Collection[Audience], hashing: Mapping[str, Hashing], *, limit: int, now: datetime
) -> Sequence[Task]:
    """Claims what is due. What may reach the platform from here on is remembered before anybody is told.

    Args:
        pool: Connections to the database.
        audiences: Those whose platforms can be told now.
        hashing: By platform.
        limit: How many at most.
        now: The instant, aware.
    """
    places = [(each.platform, each.name) for each in audiences]
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_QUERIES["return_where_clear"], now)
        platforms, names = [place[0] for place in places], [place[1] for place in places]
        rows = await connection.fetch(_QUERIES["claim"], now, platforms, names, limit, now + LEASE)
        tasks, remembered = [], []
        for row in rows:
            told = tuple(dict.fromkeys(Identifier(kind, digest) for kind, digest in row["told"]))
            target: Person = ()
            if row["wanted"]:
                target = match_keys(row["addresses"], row["country"], row["suppressed"], hashing[row["platform"]])
            gone = tuple(key for key in told if key not in target)
            tasks.append(Task(row["id"], row["audience"], row["claim"], row["version"], row["failures"], target, gone))
            remembered.append(_json((*target, *gone)))
        if tasks:
            await connection.execute(_QUERIES["remember"], [task.id for task in tasks], remembered)
    return tasks


async def settle(pool: Pool, told: Mapping[Task, str | None], now: datetime) -> None:
    """Writes down what the platform has taken. A wish that changed meanwhile is due again at once.

    Args:
        pool: Connections to the database.
        told: Each with what the platform would not take of it, or None.
        now: The instant, aware.
    """
    if not told:
        return
    tasks = list(told)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            _QUERIES["settle"],
            [task.id for task in tasks],
            [task.claim for task in tasks],
            [task.version for task in tasks],
            [_json(task.target) for task in tasks],
            list(told.values()),
            now,
        )
        await connection.execute(_QUERIES["remove_forgotten"], [task.id for task in tasks])


async def put_off(
    pool: Pool, tasks: Sequence[Task], detail: str, now: datetime, *, retry_after: timedelta | None = None
) -> None:
    """Gives back what the platform could not take now, to be tried again later and later.

    Args:
        pool: Connections to the database.
        tasks: As they were claimed.
        detail: What the platform said.
        now: The instant, aware.
        retry_after: How long it asks to be left alone; None where it did not say.
    """
    if not tasks:
        return
    # Whoever says "come again in no time" and fails again is not asked without a pause.
    at = [now + max(retry_after or timedelta(0), _delay(task.failures)) for task in tasks]
    ids, claims = [task.id for task in tasks], [task.claim for task in tasks]
    await pool.execute(_QUERIES["put_off"], ids, claims, at, detail)


def _json(person: Person) -> str:
    return orjson.dumps([list(key) for key in person]).decode()


def _delay(failures: int) -> timedelta:
    return min(timedelta(seconds=5 * 2 ** min(failures, 10)), _LONGEST_DELAY)
