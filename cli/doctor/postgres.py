"""Looks at Postgres: whether it answers, who we are there, its schema, its room, and what waits in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cli.doctor.finding import Finding, fail, ok, warn
from fermata.database import Connection, Pool, Queries
from fermata.database.readiness import migrations_after
from fermata.settings import Settings
from worker.retaining import kept_by

_QUERIES = Queries("cli.doctor")
_OLDEST = 15  # Postgres: the oldest that its makers keep, and that Fermata's statements can run on
_TRIED = 18  # that of the tests
_CLOCK_DIFFERS, _CLOCK_IS_WRONG = timedelta(seconds=1), timedelta(seconds=10)
_LONG = timedelta(minutes=10)
_FULL = 0.8
_AGED = 1_200_000_000  # transactions; Postgres stops at 2,100,000,000
_LARGE = 50_000_000_000  # bytes
_LATE, _TOO_LATE = timedelta(minutes=1), timedelta(minutes=10)
_MOST = 10_000
_STUCK = 5  # attempts; the fifth comes after half a minute


async def look_at_postgres(pool: Pool, settings: Settings) -> AsyncIterator[Finding]:
    """Asks one connection after the other. What needs the schema of this release is asked only where it is there.

    Args:
        pool: Connections to the database, as the processes have them.
        settings: Of this deployment.
    """
    async with pool.acquire() as connection:
        before = datetime.now(UTC)
        server = await connection.fetchrow(_QUERIES["server"])
        after = datetime.now(UTC)
        yield _version(server["major"], server["version"])
        yield _clock(server["now"], before, after)
        yield _encrypted(server["encrypted"], settings)
        yield _durable(server["durable"], standby=server["standby"])
        yield _room(server["connections"], server["connected"], settings.database_connections)
        yield _age(server["transactions_old"])
        yield _size(server["bytes"], settings)
        async for finding in _tables(connection):
            yield finding


async def look_at_dispatches(connection: Pool | Connection, now: datetime) -> Finding:
    """How late events reach their runs.

    Args:
        connection: Any.
        now: The instant, aware.
    """
    check = "dispatches"
    row = await connection.fetchrow(_QUERIES["overdue"], now, _MOST)
    if not row["waiting"]:
        return ok(check, "nothing waits for longer than it should")
    late = now - row["since"]
    count = f"{row['waiting']:,}" if row["waiting"] < _MOST else f"{_MOST:,} or more"
    found = f"{count} wait to be delivered, the first for {late.total_seconds():.0f} s"
    if row["attempts"] >= _STUCK:
        return fail(
            check, f"{found}; one was tried {row['attempts']} times", "the workers' log says what Temporal answers"
        )
    if late > _TOO_LATE:
        return fail(check, found, "start workers, or more of them; their log and /readyz say what keeps them")
    if late > _LATE:
        return warn(check, found, "start more workers, should it not shrink")
    return ok(check, found)


def _version(major: int, version: str) -> Finding:
    check = "postgres version"
    if major < _OLDEST:
        return fail(check, version, f"move to Postgres {_TRIED}; the oldest that can work is {_OLDEST}")
    if major != _TRIED:
        return warn(check, version, f"Fermata's tests run on {_TRIED}: move there")
    return ok(check, version)


def _clock(there: datetime, before: datetime, after: datetime) -> Finding:
    """Only what the way to the server and back cannot explain is a difference."""
    differs = max(before - there, there - after, timedelta(0))
    found = f"{differs.total_seconds():.2f} s from this machine's"
    if differs > _CLOCK_DIFFERS:
        find = fail if differs > _CLOCK_IS_WRONG else warn
        return find("postgres clock", found, "let both machines keep time by NTP: windows and caps are decided by it")
    return ok("postgres clock", found)


def _encrypted(encrypted: bool, settings: Settings) -> Finding:
    check, host = "postgres encryption", urlsplit(settings.database_url).hostname
    if encrypted:
        return ok(check, "TLS")
    if host in (None, "localhost", "127.0.0.1", "::1"):
        return ok(check, "none, on this machine")
    return warn(check, f"none, to {host}", "add ?sslmode=verify-full&sslrootcert=… to FERMATA_DATABASE_URL")


def _durable(durable: bool, *, standby: bool) -> Finding:
    check = "postgres durability"
    if standby:
        return fail(check, "a standby, which takes no writes", "name the primary in FERMATA_DATABASE_URL")
    if not durable:
        return fail(check, "fsync or full_page_writes is off", "turn both on: a crash can lose or double messages")
    return ok(check, "fsync and full_page_writes are on")


def _room(connections: int, connected: int, wanted: int) -> Finding:
    check = "postgres connections"
    found = f"{connected} of {connections} in use; each process may take {wanted}"
    mend = "raise max_connections, or lower FERMATA_DATABASE_CONNECTIONS"
    if wanted > connections:
        return fail(check, found, mend)
    if connected + wanted > connections * _FULL:
        return warn(check, f"{found}: another process would bring it near the limit", mend)
    return ok(check, found)


def _size(size: int, settings: Settings) -> Finding:
    check, found = "postgres size", f"{size / 1e9:.2f} GB"
    if kept_by(settings).everything and size > _LARGE:
        return warn(check, f"{found}, and everything is kept for ever", "set FERMATA_KEEP_…: docs/retention.md")
    return ok(check, found)


def _age(transactions: int) -> Finding:
    found = f"the oldest transaction id is {transactions:,} back"
    if transactions > _AGED:
        return fail("postgres vacuum", found, "let autovacuum run: Postgres stops taking writes at 2.1 billion")
    return ok("postgres vacuum", found)


async def _tables(connection: Connection) -> AsyncIterator[Finding]:
    row = await connection.fetchrow(_QUERIES["role"])
    closed = [each["name"] for each in await connection.fetch(_QUERIES["closed_tables"])]
    yield _role(row["name"], superuser=row["superuser"], may_create=row["may_create"], closed=closed)
    yield await _schema(connection)
    broken = [each["name"] for each in await connection.fetch(_QUERIES["broken_indexes"])]
    if broken:
        yield fail("postgres indexes", f"not valid: {', '.join(broken)}", "REINDEX INDEX CONCURRENTLY each of them")
    else:
        yield ok("postgres indexes", "all are valid")
    since = await connection.fetchval(_QUERIES["longest_transaction"])
    age = datetime.now(UTC) - since if since is not None else timedelta(0)
    found = f"the oldest is open for {age.total_seconds():.0f} s"
    if age > _LONG:
        yield warn(
            "postgres transactions", found, "see who holds it in pg_stat_activity: no table is vacuumed meanwhile"
        )
    else:
        yield ok("postgres transactions", found)


def _role(name: str, *, superuser: bool, may_create: bool, closed: list[str]) -> Finding:
    check = "postgres role"
    if closed:
        return fail(check, f"{name} has no right to {', '.join(closed)}", f"GRANT SELECT, INSERT ON each TO {name}")
    if superuser or may_create:
        what = "is a superuser" if superuser else "may create tables"
        return warn(check, f"{name} {what}", "fermata db roles: let API and workers connect as fermata_app")
    return ok(check, f"{name} may read and write, and change no table")


async def _schema(connection: Connection) -> Finding:
    check = "postgres schema"
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return fail(check, "none", "run `fermata migrate`")
    version = await connection.fetchval(_QUERIES["schema_at"])
    pending = migrations_after(version)
    if pending:
        return fail(check, f"at {version}, {len(pending)} migrations behind this release", "run `fermata migrate`")
    return ok(check, f"at {version}, that of this release or of a later one")
