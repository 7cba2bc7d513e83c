"""Commands that change something outside Postgres, with what they do on the record of all acts."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from cli.database import on_database
from fermata.audit import Act, announced, os_user
from fermata.database import Pool

T = TypeVar("T")


def on_record(action: str, target: str, work: Callable[[], Awaitable[T]]) -> T:
    """Does something, and returns what it returns; nothing is done that cannot be put on record first.

    Args:
        action: What is done, such as ``deploy.promote``.
        target: On what.
        work: Does it.

    Raises:
        ConfigurationError: The database lacks the schema.
        Unavailable: Postgres does not answer.
    """

    async def do(pool: Pool) -> T:
        async with announced(pool, Act(os_user(), action, target)):
            return await work()

    return on_database(do)
