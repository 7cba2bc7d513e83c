"""Writes down what somebody does, in the transaction in which they do it, or around what is done elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from fermata.audit.actor import Actor
from fermata.database import AWAY, Connection, Pool, Queries, new_id
from fermata.errors import FermataError, Unavailable

_QUERIES = Queries("fermata.audit")
_LONGEST = 200
"""Characters of a target: what people send as a name can be of any length."""


class Outcome(StrEnum):
    """What became of an act."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass
class Act:
    """Something that somebody does. What is found out while it is done is filled in meanwhile.

    Args:
        actor: Who.
        action: What, such as ``policy.activate``.
        target: On what: a row's id, a name of a key or a provider, a hash. Nothing that says who a person is.
        outcome: What became of it.
        detail: A code that says more.
    """

    actor: Actor
    action: str
    target: str = ""
    outcome: Outcome = Outcome.DONE
    detail: str = ""

    def ended_by(self, error: Exception) -> None:
        """Takes down what an error means for it: its kind alone, for its words may tell of a person."""
        foreseen = isinstance(error, FermataError) and not isinstance(error, Unavailable)
        self.outcome, self.detail = Outcome.REFUSED if foreseen else Outcome.FAILED, type(error).__name__


async def write(connection: Pool | Connection, act: Act) -> None:
    """Writes down an act that is over, or was refused at once.

    Args:
        connection: Any, or the pool.
        act: What was done.
    """
    await _add(connection, act, new_id())


@asynccontextmanager
async def recorded(pool: Pool, act: Act) -> AsyncIterator[Connection]:
    """A transaction for an act: both are there, or neither is. Where an error takes it back, that is on record.

    Args:
        pool: Connections to the database.
        act: What is done.
    """
    act_id = new_id()
    try:
        async with pool.acquire() as connection, connection.transaction():
            yield connection
            await _add(connection, act, act_id)
    except Exception as error:
        act.ended_by(error)
        with suppress(*AWAY):  # then nothing was done
            await _add(pool, act, act_id)
        raise


@asynccontextmanager
async def announced(pool: Pool, act: Act) -> AsyncIterator[None]:
    """Around an act that is no single transaction: on record before it begins, and again with what became of it.

    An entry that says ``begun`` and has no other after it is of an act whose end nobody saw.

    Args:
        pool: Connections to the database.
        act: What is done; its outcome may be set meanwhile.
    """
    act_id, outcome = new_id(), act.outcome
    act.outcome = Outcome.BEGUN
    await _add(pool, act, act_id)
    act.outcome = outcome
    try:
        yield
    except Exception as error:
        act.ended_by(error)
        await _end(pool, act, act_id)
        raise
    await _end(pool, act, act_id)


async def _end(pool: Pool, act: Act, act_id: UUID) -> None:
    with suppress(*AWAY):  # it was done all the same, and stands there as begun
        await _add(pool, act, act_id)


async def _add(connection: Pool | Connection, act: Act, act_id: UUID) -> None:
    target = act.target.replace("\0", "")[:_LONGEST]
    who = (act.actor.name, act.actor.door)
    await connection.execute(
        _QUERIES["add"], new_id(), act_id, datetime.now(UTC), *who, act.action, target, act.outcome, act.detail
    )
