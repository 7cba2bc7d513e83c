"""The statements of one real decision, to be sent again bare: prepared, with another decision's ids and instants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from cli.bench.ledger_rows import Person
from fermata.database import Pool, new_id
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


class BareStatements:
    """One connection that sends the recorded statements again and again.

    Args:
        connection: Of its own, without a codec for JSON.
        recorded: What to send.
        people: Whom to send it about, in turn.
    """

    def __init__(self, connection: asyncpg.Connection, recorded: RecordedDecision, people: Sequence[Person]) -> None:
        self._connection = connection
        self._recorded = recorded
        self._people = people
        self._prepared: dict[str, Any] = {}
        self._turn = 0

    async def send(self) -> int:
        """Sends them once, in one transaction, with ids, key and instants of another decision. Returns 1."""
        person = self._people[self._turn % len(self._people)]
        self._turn += 1
        attempt, before = person.next_attempt(), self._recorded.attempt
        later = attempt.asked_at - before.asked_at
        other: dict[Any, Any] = {
            self._recorded.id: new_id(),
            before.dedupe_key: attempt.dedupe_key,
            before.profile_id: attempt.profile_id,
            before.step: attempt.step,
        }
        for statement in self._recorded.statements:
            await self._send(statement, other, later)
        return 1

    async def _send(self, statement: Statement, other: dict[Any, Any], later: timedelta) -> None:
        if not statement.arguments:
            await self._connection.execute(statement.text)
            return
        prepared = self._prepared.get(statement.text)
        if prepared is None:
            prepared = self._prepared[statement.text] = await self._connection.prepare(statement.text)
        arguments = (
            each + later if isinstance(each, datetime) else other.get(each, each) for each in statement.arguments
        )
        await prepared.fetch(*arguments)


async def connect_bare(database_url: str) -> asyncpg.Connection:
    """A connection as asyncpg makes it.

    Args:
        database_url: ``postgresql://…``.
    """
    return await asyncpg.connect(database_url)


def _written(argument: Any) -> Any:  # noqa: ANN401 - whatever a parameter can be
    return orjson.dumps(argument).decode() if isinstance(argument, dict | list) else argument
