"""A database full of other people's active runs."""

from datetime import UTC, datetime, timedelta

from cli.bench.recorded_statements import connect_bare
from fermata.database import Queries
from fermata.database.migrate import migrate

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
_QUERIES = Queries("cli.bench", "routing_rows.sql")
_LONGEST = 1800.0  # seconds, of one statement


async def fill_with_active_runs(database_url: str, runs: int) -> None:
    """Makes the schema, writes the runs and tidies up.

    Args:
        database_url: Of an empty database, as a superuser.
        runs: How many, each of another person; all in the cart recovery, since yesterday.
    """
    await migrate(database_url)
    connection = await connect_bare(database_url)
    try:
        await connection.execute("SET session_replication_role = replica")  # the rows are right: no key is checked
        await connection.execute(_QUERIES["profiles"], runs, NOW - timedelta(days=1), timeout=_LONGEST)
        await connection.execute(_QUERIES["runs"], timeout=_LONGEST)
        await connection.execute("SET session_replication_role = DEFAULT")
        await connection.execute("VACUUM (ANALYZE)", timeout=_LONGEST)  # or it would be done while we measure
        await connection.execute("CHECKPOINT", timeout=_LONGEST)
    finally:
        await connection.close()
