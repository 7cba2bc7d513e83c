"""What streams and sends ask of cards and devices is read by indexes, however many others there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fermata.database import Pool, Queries, new_id

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
async def crowd(pool: Pool) -> Sequence[UUID]:
    """Five hundred people with ten cards and four devices each."""
    people = [new_id() for _ in range(500)]
    await pool.executemany(
        "INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", [(person, NOW) for person in people]
    )
    await pool.executemany(
        "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at, expires_at)"
        " VALUES ($1, $2, 'inbox', 'm', '', '', $3, $4)",
        [
            (new_id(), person, NOW + timedelta(seconds=n), NOW + timedelta(days=n))
            for person in people
            for n in range(10)
        ],
    )
    await pool.executemany(
        "INSERT INTO devices (profile_id, token_hash, token, added_at, last_seen_at) VALUES ($1, $2, $2, $3, $3)",
        [(person, f"{person} {n}", NOW) for person in people for n in range(4)],
    )
    await pool.execute("ANALYZE inbox_items, devices, profiles")
    return people


@pytest.mark.parametrize(
    ("file", "query", "rest", "indexes"),
    [
        ("queries.sql", "mark", (NOW,), {"inbox_items_by_profile"}),
        ("queries.sql", "visible_cards", (NOW, 100), {"inbox_items_by_profile"}),
        ("queries.sql", "vanished_cards", (7, NOW, NOW), {"inbox_items_by_profile"}),
        ("devices.sql", "of_profile", (100,), {"devices_pkey", "devices_by_token"}),
    ],
    ids=["mark", "visible", "vanished", "devices"],
)
async def test_one_persons_rows_are_found_by_index(
    pool: Pool, crowd: Sequence[UUID], file: str, query: str, rest: tuple[object, ...], indexes: set[str]
) -> None:
    rows = await pool.fetch("EXPLAIN " + Queries("fermata.channels", file)[query], crowd[0], *rest)
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan" not in plan, plan
    assert all(index in plan for index in indexes), plan
