"""The statements of one real decision, to be sent again with nothing decided."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from cli.bench.ledger_rows import Person
from fermata.database import Pool
from fermata.errors import Unavailable
from fermata.ledger import Attempt, Policies, decide_and_reserve
from fermata.vocabulary import Action

_WARM = 10
"""Decisions before the one that is recorded: by then the person's past is as long as it will be."""


@dataclass(frozen=True)
class Statement:
    """A statement as it went to Postgres.

    Args:
        text: SQL.
        arguments: Its parameters; JSON is written already.
    """

    text: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class RecordedDecision:
    """A decision and the statements of its transaction.

    Args:
        id: Of the decision.
        attempt: What was asked.
        statements: BEGIN and COMMIT included; what the pool sends to clean its connection is not.
    """

    id: UUID
    attempt: Attempt
    statements: tuple[Statement, ...]


async def decide_next(pool: Pool, policies: Policies, person: Person) -> tuple[Attempt, UUID]:
    """Decides about the person's next message, and sees to it that it was a send.

    Args:
        pool: Connections to the database.
        policies: What this process knows of them.
        person: Whom it is about.

    Raises:
        Unavailable: It was no send, and so not what is to be measured.
    """
    attempt = person.next_attempt()
    decision = await decide_and_reserve(pool, policies, attempt, attempt.asked_at)
    if decision.action is not Action.SEND:
        raise Unavailable(f"a benchmark was to send, and its decision is {decision.action}: {decision.reason}")
    return attempt, decision.id


async def record(pool: Pool, policies: Policies, person: Person) -> RecordedDecision:
    """Decides for real, and keeps what went to Postgres.

    Args:
        pool: Of one connection, which nobody else uses.
        policies: What this process knows of them.
        person: Whom it is about.
    """
    sent: list[Statement] = []

    def note(query: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        sent.append(Statement(query.query, tuple(_written(each) for each in query.args)))

    for _ in range(_WARM):
        await decide_next(pool, policies, person)
    async with pool.acquire() as connection:
        connection.add_query_logger(note)
    sent.clear()
    attempt, decision_id = await decide_next(pool, policies, person)
    async with pool.acquire() as connection:
        connection.remove_query_logger(note)
    return RecordedDecision(decision_id, attempt, tuple(each for each in sent if "RESET ALL" not in each.text))


async def connect_bare(database_url: str) -> asyncpg.Connection:
    """A connection as asyncpg makes it.

    Args:
        database_url: ``postgresql://…``.
    """
    return await asyncpg.connect(database_url)


def _written(argument: Any) -> Any:  # noqa: ANN401 - whatever a parameter can be
    return orjson.dumps(argument).decode() if isinstance(argument, dict | list) else argument
