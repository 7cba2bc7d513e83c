"""``fermata doctor`` on real servers: a deployment that is well, and one thing after the other that is not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from cli.doctor.deployment import look_at_machine, look_at_providers, look_at_settings
from cli.doctor.examination import examine
from cli.doctor.finding import Finding, Level
from cli.doctor.postgres import look_at_dispatches, look_at_postgres
from cli.doctor.records import look_at_records
from cli.doctor.temporal import look_at_temporal
from cli.stack.ports import free_port
from cli.stack.smtp_server import SmtpServer
from fermata.access import Scope, create_key
from fermata.database import Pool
from fermata.ledger.first_policy import first_policy
from fermata.policy import default_document
from fermata.settings import Settings
from tests.people import enrol

_NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_MASTER = "m2=QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


async def _all(findings: AsyncIterator[Finding]) -> dict[str, Finding]:
    return {each.check: each async for each in findings}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


async def test_of_a_postgres_that_is_well_only_what_tests_give_up_is_told(pool: Pool, settings: Settings) -> None:
    found = await _all(look_at_postgres(pool, settings))
    told = {name: each.level for name, each in found.items() if each.level is not Level.OK}
    # It gives up the disk for speed, and we are its superuser.
    assert told == {"postgres role": Level.WARN, "postgres durability": Level.FAIL}
    full = await _all(look_at_postgres(pool, settings.model_copy(update={"database_connections": 1000})))
    assert full["postgres connections"].level is Level.FAIL


async def test_a_schema_behind_and_an_index_that_is_broken_are_told_with_the_mend(
    pool: Pool, settings: Settings
) -> None:
    await pool.execute("UPDATE alembic_version SET version_num = '0028'")
    await pool.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'events_by_name'::regclass")
    found = await _all(look_at_postgres(pool, settings))
    assert found["postgres schema"].level is Level.FAIL
    assert found["postgres schema"].found.startswith("at 0028, ")
    assert found["postgres schema"].mend == "run `fermata migrate`"
    assert found["postgres indexes"].found == "not valid: events_by_name"
    await pool.execute("DROP TABLE alembic_version")
    assert (await _all(look_at_postgres(pool, settings)))["postgres schema"].found == "none"


async def test_a_role_that_lacks_a_right_is_told_which(pool: Pool, settings: Settings) -> None:
    role = f"app_{uuid4().hex}"
    await pool.execute(f'CREATE ROLE "{role}"; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO "{role}"')
    try:
        async with pool.acquire() as connection:
            await connection.execute(f'SET ROLE "{role}"')
            well = await _all(look_at_postgres(_Lent(connection), settings))
            await connection.execute(f'RESET ROLE; REVOKE INSERT ON events FROM "{role}"; SET ROLE "{role}"')
            ill = await _all(look_at_postgres(_Lent(connection), settings))
            await connection.execute("RESET ROLE")
    finally:
        await pool.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    assert well["postgres role"].level is Level.OK
    assert ill["postgres role"].level is Level.FAIL
    assert ill["postgres role"].found == f"{role} has no right to events"


async def test_a_deployment_without_policy_and_keys_is_not_set_up_and_one_with_both_is(
    pool: Pool, settings: Settings
) -> None:
    found = await _all(look_at_records(pool, settings, _NOW))
    assert {name for name, each in found.items() if each.level is Level.FAIL} == {"policy", "api keys"}
    async with pool.acquire() as connection:
        await first_policy(connection, default_document(), at=_NOW)
        await create_key(connection, "shop", [Scope.WRITE], lifetime=timedelta(days=7))
    found = await _all(look_at_records(pool, settings, datetime.now(UTC)))
    assert {each.level for name, each in found.items() if name != "api keys"} == {Level.OK}
    assert found["api keys"].level is Level.WARN
    assert found["api keys"].mend == "fermata keys rotate shop"
    later = await _all(look_at_records(pool, settings, datetime.now(UTC) + timedelta(days=100)))
    assert later["months of events"].level is Level.WARN


async def test_people_whose_keys_no_master_key_opens_are_counted(pool: Pool, settings: Settings) -> None:
    ada = await enrol(pool)
    await pool.execute(
        "INSERT INTO profile_keys (made_for, profile_id, wrapped_by, wrapped, made_at) VALUES ($1, $1, 'm1', '', $2)",
        ada.profile_id,
        _NOW,
    )
    with_keys = Settings(database_url=settings.database_url, master_keys=_MASTER)
    for each in (settings, with_keys):
        found = (await _all(look_at_records(pool, each, _NOW)))["keys of people"]
        assert (found.level, found.found) == (Level.FAIL, "wrapped by master keys that are not here: 1 by m1")
    await pool.execute("UPDATE profile_keys SET wrapped_by = 'm2'")
    assert (await _all(look_at_records(pool, with_keys, _NOW)))["keys of people"].level is Level.OK


async def test_how_long_events_wait_is_told_and_too_long_is_a_failure(pool: Pool) -> None:
    ada = await enrol(pool)
    await pool.execute(
        "INSERT INTO dispatches (profile_id, run_id, kind, due_at, created_at) VALUES ($1, $2, 'reconsider', $3, $3)",
        ada.profile_id,
        ada.run_id,
        _NOW,
    )
    levels = [(await look_at_dispatches(pool, _NOW + timedelta(seconds=late))).level for late in (-1, 1, 90, 3600)]
    assert levels == [Level.OK, Level.OK, Level.WARN, Level.FAIL]
    await pool.execute("UPDATE dispatches SET attempts = 9")
    assert "tried 9 times" in (await look_at_dispatches(pool, _NOW + timedelta(seconds=1))).found


async def test_without_workers_or_a_namespace_temporal_is_of_no_use(temporal: Client, settings: Settings) -> None:
    found = await _all(look_at_temporal(temporal, settings, queue=uuid4().hex))
    assert found["temporal search attributes"].level is Level.OK
    assert found["temporal namespace"].level is Level.WARN  # that of a dev server forgets after a day
    assert (found["temporal workers"].level, found["temporal workers"].mend) == (Level.FAIL, "start `fermata worker`")
    built = settings.model_copy(update={"build_id": "2026-11", "deployment": uuid4().hex})
    assert (await _all(look_at_temporal(temporal, built, queue=uuid4().hex)))["temporal builds"].level is Level.FAIL
    nowhere = await Client.connect(temporal.service_client.config.target_host, namespace="nowhere")
    assert (await _all(look_at_temporal(nowhere, settings)))["temporal namespace"].level is Level.FAIL


async def test_servers_that_are_away_hide_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    away = Settings(database_url=f"postgresql://fermata:hush-hush@127.0.0.1:{free_port()}/fermata")
    found = await _all(examine(away, {}, deep=False))
    assert {name for name, each in found.items() if each.level is Level.FAIL} == {"postgres", "temporal"}
    assert {"time zones", "disk", "journeys", "master keys"} <= set(found)
    assert "hush-hush" not in str(found)


def test_settings_and_files_that_cannot_work_are_told_each(tmp_path: Path) -> None:
    (tmp_path / "hooks.toml").write_text('[sources.shop]\nkind = "shopify"\nsecrets = ["HUSH"]\n')
    wrong = Settings(journeys=("not_there",), webhooks=tmp_path / "hooks.toml", master_keys="m1=hush-hush")
    found = {each.check: each for each in look_at_settings(wrong, {})}
    assert {name for name, each in found.items() if each.level is Level.FAIL} == {
        *("journeys", "FERMATA_WEBHOOKS", "master keys")
    }
    assert "hush-hush" not in str(found)
    right = Settings(public_url="https://fermata.example.com", secret_key="k" * 32, master_keys=_MASTER)
    assert {each.level for each in look_at_settings(right, {})} == {Level.OK}
    assert {each.check: each.level for each in look_at_machine()}["time zones"] is Level.OK


async def test_providers_are_connected_to_only_where_that_is_asked_for(
    pool: Pool, database_url: str, smtp: SmtpServer
) -> None:
    there = Settings(database_url=database_url, smtp_url=f"smtp+plain://ada:hush-hush@127.0.0.1:{smtp.port}")
    assert [each.check for each in await look_at_providers(pool, there, {}, deep=False)] == ["providers"]
    assert {each.level for each in await look_at_providers(pool, there, {}, deep=True)} == {Level.OK}
    gone = there.model_copy(update={"sms_url": f"http://127.0.0.1:{free_port()}"})
    found = {each.check: each for each in await look_at_providers(pool, gone, {}, deep=True)}
    assert found["provider sms"].level is Level.FAIL
    assert "hush-hush" not in str(found)


class _Lent:
    """A pool that lends out one connection, as it is."""

    def __init__(self, connection: object) -> None:
        self._connection = connection

    def acquire(self) -> "_Lent":
        return self

    async def __aenter__(self) -> object:
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        """It stays the lender's."""
