"""Whether a process can work with its database: what is missing, in words that an operator can act on."""

from functools import cache
from pathlib import Path

import asyncpg

from fermata.database.pool import AWAY, Pool

_PATIENCE = 2.0  # seconds; whoever asks asks again


async def missing_from(pool: Pool) -> str | None:
    """What the database lacks: None where it answers and has the schema of this release, or of a later one.

    A later one is no fault: while a release is rolled out the schema goes first, and the processes before it work on.

    Args:
        pool: Connections to it.
    """
    try:
        async with pool.acquire(timeout=_PATIENCE) as connection:
            version = await connection.fetchval("SELECT version_num FROM alembic_version", timeout=_PATIENCE)
    except asyncpg.UndefinedTableError:
        return "the schema: run `fermata migrate`"
    except AWAY:
        return "Postgres does not answer"
    needed = _releases()[-1]
    if migrations_after(version):
        return f"the schema {needed}, it is at {version}: run `fermata migrate`"
    return None


def migrations_after(version: str | None) -> tuple[str, ...]:
    """The migrations of this release that a database has not had yet, in their order.

    Args:
        version: The last that it had; None where it had none.
    """
    return tuple(each for each in _releases() if version is None or each > version)


@cache
def _releases() -> tuple[str, ...]:
    """The migrations of this release, by their files' names: Alembic itself would load SQLAlchemy for them."""
    files = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return tuple(sorted(path.name[:4] for path in files))
