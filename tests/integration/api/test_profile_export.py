"""The export of a profile: every row of every table that is about somebody, and of nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from cli.stack.waiting import until
from fermata.database import Pool
from fermata.errors import NotFound
from fermata.view import export_profile
from tests.integration.api.served import Served
from tests.integration.view.lives import Life, buy, come_by_phone_and_sign_in, live

LIMIT = timedelta(seconds=10)


@pytest.fixture
async def ada(pool: Pool, sender: httpx.AsyncClient) -> Life:
    """Ada with her life, beside Grace with hers."""
    grace = await live(pool, sender, "grace")
    await buy(pool, sender, grace, "grace")
    ada = await live(pool, sender, "ada")
    await pool.execute(
        "INSERT INTO suppressions (channel, address, reason, created_at) VALUES"
        " ('email', 'ada@example.com', 'bounced', $1), ('email', 'grace@example.com', 'bounced', $1)",
        datetime.now(UTC),
    )
    return ada


@pytest.fixture
async def exported(operator: httpx.AsyncClient, ada: Life) -> dict[str, Any]:
    """What the export says of Ada."""
    answer = await operator.get(f"/api/v1/profiles/{ada.id}/export")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="profile-{ada.id}.json"'
    document: dict[str, Any] = answer.json()
    return document


async def test_every_table_with_a_key_to_somebody_or_to_what_is_theirs_is_in_the_export(
    pool: Pool, exported: dict[str, Any]
) -> None:
    pointing = await pool.fetch(
        "SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid IN ('profiles'::regclass, 'decisions'::regclass, 'journey_runs'::regclass)"
        " AND conparentid = 0 UNION SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'profile_id'"
        " AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass)"
    )
    assert len(pointing) >= 10
    assert {row["name"] for row in pointing} - exported.keys() == set()


async def test_every_row_that_names_the_profile_anywhere_is_in_the_export(
    pool: Pool, ada: Life, exported: dict[str, Any]
) -> None:
    for table in await _tables(pool):
        rows = await pool.fetch(
            f'SELECT to_jsonb(t)::text AS row FROM "{table}" t WHERE t::text LIKE $1',  # noqa: S608 - of the catalogue
            f"%{ada.id}%",
        )
        missing = [row for row in (orjson.loads(row["row"]) for row in rows) if row not in exported.get(table, [])]
        assert missing == [], table


async def test_it_has_all_of_a_life_with_addresses_in_full(ada: Life, exported: dict[str, Any]) -> None:
    assert (exported["profile_id"], exported["asked_for"]) == (str(ada.id), None)
    counts = {table: len(rows) for table, rows in exported.items() if isinstance(rows, list)}
    wanted = {
        "profiles": 1,
        "events": 3,
        "journey_runs": 1,
        "decisions": 5,
        "reservations": 4,
        "deferrals": 1,
        "inbox_items": 1,
        "suppressions": 1,
    }
    assert {table: counts[table] for table in wanted} == wanted
    assert exported["profiles"][0]["addresses"]["email"] == "ada@example.com"
    assert {row["state"] for row in exported["reservations"]} == {"reserved", "sent", "failed"}
    assert exported["dispatches"]
    assert exported["events"][0]["occurred_at"].endswith("+00:00")


async def test_it_has_nothing_of_anybody_else(pool: Pool, exported: dict[str, Any]) -> None:
    grace = await pool.fetchval("SELECT profile_id FROM identities WHERE kind = 'user_id' AND value = 'grace'")
    told = orjson.dumps(exported).decode()
    assert str(grace) not in told
    assert "grace" not in told.lower()


async def test_it_comes_in_pieces_and_shows_one_instant(pool: Pool, ada: Life) -> None:
    await _add_large_events(pool, ada.id, 2000)
    pieces: list[bytes] = []
    async for piece in export_profile(pool, ada.id, datetime.now(UTC)):
        pieces.append(piece)
        if len(pieces) == 2:
            await pool.execute("DELETE FROM inbox_items")
    assert len(pieces) > 20
    assert max(map(len, pieces)) < 2**17
    document = orjson.loads(b"".join(pieces))
    assert (len(document["events"]), len(document["inbox_items"])) == (2003, 1)


async def test_whoever_was_merged_is_exported_as_the_survivor(pool: Pool, sender: httpx.AsyncClient, ada: Life) -> None:
    merged = await come_by_phone_and_sign_in(pool, sender)
    document = await _read(export_profile(pool, merged, datetime.now(UTC)))
    assert (document["profile_id"], document["asked_for"]) == (str(ada.id), str(merged))
    assert [row["loser_id"] for row in document["profile_merges"]] == [str(merged)]
    assert "phone-of-ada-viewed" in [row["message_id"] for row in document["events"]]


async def test_that_there_is_nobody_is_told_before_the_first_byte(pool: Pool) -> None:
    with pytest.raises(NotFound, match="no profile has the id"):
        await anext(export_profile(pool, UUID(int=7), datetime.now(UTC)))


async def test_a_reader_who_leaves_early_keeps_no_connection(pool: Pool, served: Served, ada: Life) -> None:
    await _add_large_events(pool, ada.id, 20_000)
    async with (
        served.operator() as client,
        client.stream("GET", f"/api/v1/profiles/{ada.id}/export") as answer,
    ):
        await anext(answer.aiter_bytes())
    assert await until(lambda: pool.get_idle_size() == pool.get_size(), limit=LIMIT)


async def _add_large_events(pool: Pool, profile_id: UUID, count: int) -> None:
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " SELECT gen_random_uuid(), 'm' || n, 'track', 'Viewed', $1, now(), now(),"
        " jsonb_build_object('x', repeat('x', 900)) FROM generate_series(1, $2::int) n",
        profile_id,
        count,
    )


async def _tables(pool: Pool) -> list[str]:
    rows = await pool.fetch(
        "SELECT relname FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
    )
    return [row["relname"] for row in rows]


async def _read(pieces: AsyncIterator[bytes]) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(b"".join([piece async for piece in pieces]))
    return document
