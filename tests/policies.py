"""Policies for tests, put in force by the door that operators use."""

from datetime import timedelta

from fermata.database import Pool
from fermata.ledger import Policies
from fermata.ledger.policies import Activation, put_in_force
from tests.people import NOON


async def enact(pool: Pool, document: str, *, author: str = "ada", note: str | None = None) -> Activation:
    """Puts a document in force, an hour before noon."""
    async with pool.acquire() as connection:
        return await put_in_force(connection, document, author=author, at=NOON - timedelta(hours=1), note=note)


async def under(pool: Pool, document: str) -> Policies:
    """Puts a document in force, and returns what a process that has just started knows of policies."""
    await enact(pool, document)
    return Policies()
