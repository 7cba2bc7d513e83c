"""What the application's role in Postgres may do: all that API and workers ask for, and nothing beside it."""

import importlib
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from fermata.audit import list_entries
from fermata.database import Pool, Queries, open_pool
from fermata.database.migrate import migrate
from fermata.database.roles import APP_ROLE, make_app_role
from fermata.errors import ConfigurationError
from fermata.policy import default_document
from fermata.retention import Keep, remove_old
from fermata.retention.months import make_months
from tests.integration.api.served import serving
from tests.people import NOON, enrol

ROOT = Path(importlib.import_module("fermata").__file__ or "").parent
PASSWORD = "of the tests, and long enough"
_EXPLAINED = re.compile(r"(?:--[^\n]*\n|\s)*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TABLE|VALUES)\b", re.IGNORECASE)


@pytest.fixture
async def app_url(database_url: str, pool: Pool) -> str:
    """The address of the test's database for the application's role, which every database of the cluster shares."""
    async with pool.acquire() as connection:
        await make_app_role(connection, PASSWORD)
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{APP_ROLE}:{PASSWORD.replace(' ', '%20')}@{host}").geturl()


@pytest.fixture
async def app_pool(app_url: str) -> AsyncIterator[Pool]:
    """Connections as the application's role."""
    async with open_pool(app_url) as connections:
        yield connections


def statements() -> Iterator[tuple[str, str]]:
    """Every statement of every room that API, dispatcher and workers send, with where it stands."""
    for file in sorted(ROOT.rglob("*.sql")):
        package = ".".join(("fermata", *file.parent.relative_to(ROOT).parts))
        for name, statement in Queries(package, file.name).items():
            if package != "fermata.database" and _EXPLAINED.match(statement):
                yield f"{package}/{file.name}: {name}", statement


async def test_the_application_may_send_every_statement_of_every_room(app_pool: Pool) -> None:
    checked, refused = 0, []
    async with app_pool.acquire() as connection:
        for place, statement in statements():
            try:  # what is planned is checked against what the role may do, and not done
                await connection.execute(f"EXPLAIN (GENERIC_PLAN) {statement}")
                checked += 1
            except asyncpg.InsufficientPrivilegeError as error:
                refused.append(f"{place}: {error}")
            except (asyncpg.PostgresSyntaxError, asyncpg.UndefinedColumnError):
                pass  # a part, which is sent within another
    assert checked > 250
    assert refused == []


async def test_the_surface_works_as_the_application(app_pool: Pool) -> None:
    ada = (await enrol(app_pool)).profile_id
    async with serving(app_pool) as served, served.sender() as sender, served.operator() as operator:
        event = {"userId": "bob", "event": "Product Added", "messageId": "m1"}
        answers: list[httpx.Response] = [
            await sender.post("/v1/track", json=event),
            await operator.put("/api/v1/policy", content=default_document()),
            await operator.get("/api/v1/decisions"),
            await operator.get(f"/api/v1/profiles/{ada}/export"),
            await operator.get("/readyz"),
            await operator.delete(f"/api/v1/profiles/{ada}"),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 202]
    assert len((await list_entries(app_pool, since=NOON, limit=9)).items) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "DROP TABLE events",
        "ALTER TABLE profiles ADD COLUMN mine int",
        "TRUNCATE profiles",
        "CREATE INDEX ON profiles (created_at)",
        "ALTER TABLE audit_log DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "UPDATE alembic_version SET version_num = '0001'",
        "SELECT make_event_month(now())",
        "ALTER TABLE events DETACH PARTITION events_default",
        "DROP TABLE events_default",
        "CREATE ROLE mine",
        "CREATE SCHEMA mine",
        "COPY events TO PROGRAM 'true'",
    ],
)
async def test_the_application_may_not(app_pool: Pool, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_pool.execute(statement)


async def test_the_application_makes_and_drops_months_by_what_the_owner_has_left_for_it(
    pool: Pool, app_pool: Pool
) -> None:
    begins = await pool.fetch("SELECT begins FROM event_months() ORDER BY begins DESC")
    await pool.execute(f"DROP TABLE events_{begins[0]['begins']:%Y_%m}")
    async with app_pool.acquire() as connection:
        assert await make_months(connection) == 1
    now = begins[0]["begins"] + timedelta(days=40)
    removed = await remove_old(app_pool, Keep(events=timedelta(days=30)), now)
    assert removed is not None
    assert removed.event_months == len(begins) - 1


async def test_what_a_later_migration_makes_is_for_the_application_too(
    database_url: str, pool: Pool, app_pool: Pool
) -> None:
    await pool.execute("CREATE TABLE of_later (id int); INSERT INTO of_later VALUES (1)")
    assert await app_pool.fetchval("SELECT id FROM of_later") == 1
    await pool.execute(f"GRANT UPDATE ON audit_log TO {APP_ROLE}")
    await migrate(database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_pool.execute("UPDATE audit_log SET actor = 'nobody'")


async def test_again_it_changes_nothing_and_shows_no_password(app_url: str, pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await make_app_role(connection, None) is None
        with pytest.raises(ConfigurationError, match="too short"):
            await make_app_role(connection, "short")
    async with open_pool(app_url) as still:
        assert await still.fetchval("SELECT current_user") == APP_ROLE
        async with still.acquire() as connection:
            with pytest.raises(ConfigurationError, match="connect as the owner of the schema"):
                await make_app_role(connection, None)
