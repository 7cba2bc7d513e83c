"""What the console counts, it counts by index; and a sieve finds what is rare without reading all there is."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.database import Pool, Queries
from fermata.ingest.lag import dispatch_lag
from fermata.ledger.lately import decided_lately, held_now, next_held
from fermata.ledger.sifting import Sieve, sift_decisions
from fermata.runs.standing import stand_of_runs
from fermata.vocabulary import Channel
from tests.integration.ledger.test_plans import MANY, generic_plan, read_whole

FILES = (
    ("fermata.ledger", "lately.sql"),
    ("fermata.ledger", "sifting.sql"),
    ("fermata.ledger", "watched.sql"),
    ("fermata.runs", "standing.sql"),
    ("fermata.runs", "map_counts.sql"),
)
COUNTED_WHOLE = {
    ("lately.sql", "held"): {"deferrals"},
    ("watched.sql", "held"): {"deferrals"},
    ("watched.sql", "overshoot"): {"profile_merges"},
}
"""All that waits is counted; it is as much as waits, not as was ever decided. Of merges there is none here."""


SPREAD = """
    UPDATE decisions SET (action, reason) = (SELECT 'drop', 'reason ' || get_byte(decode(md5(id::text), 'hex'), 0) % 20)
        WHERE get_byte(decode(md5(id::text), 'hex'), 1) > 12;
    UPDATE journey_runs
        SET state = (ARRAY['completed', 'exited', 'failed'])[1 + get_byte(decode(md5(id::text), 'hex'), 0) % 3]
        WHERE get_byte(decode(md5(id::text), 'hex'), 1) > 12;
"""
"""Decisions of twenty reasons and runs in four states, as in life."""


@pytest.fixture
async def full(pool: Pool) -> Pool:
    await pool.execute(MANY)
    await pool.execute(SPREAD)
    await pool.execute("VACUUM ANALYZE decisions")
    await pool.execute("VACUUM ANALYZE journey_runs")
    return pool


async def test_counts_and_lists_are_read_by_index_and_agree_with_what_there_is(full: Pool) -> None:
    async with full.acquire() as connection:
        for room, file in FILES:
            for name, text in Queries(room, file).items():
                whole = read_whole(await generic_plan(connection, text)) - COUNTED_WHOLE.get((file, name), set())
                assert not whole, (file, name)
    now = datetime.now(UTC)
    (decided,) = await decided_lately(full, now - timedelta(days=1))
    sent = await full.fetchval("SELECT count(*) FROM decisions WHERE action = 'send'")
    assert (decided.action, decided.reason, decided.decisions) == ("send", "eligible", sent)
    assert await decided_lately(full, now + timedelta(days=1)) == ()
    assert await decided_lately(full, now - timedelta(days=9000), now - timedelta(days=8000)) == ()
    (held,) = await held_now(full, now)
    assert (held.messages, held.reason) == (20_000, "outside_window")
    assert len(await next_held(full, 8)) == 8
    (standing,) = await stand_of_runs(full, now)  # of those that are over none has started since
    active = await full.fetchval("SELECT count(*) FROM journey_runs WHERE state = 'active'")
    assert (standing.journey, standing.state, standing.runs) == ("cart", "active", active)
    assert (await dispatch_lag(full)).waiting == 0


async def test_a_sieve_goes_page_by_page_through_all_decisions(full: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fermata.ledger.sifting.LOOKED_THROUGH", 8_000)
    rare = await full.fetchval(
        "UPDATE decisions SET channel = 'ads', decided_at = now() - interval '1 day'"
        " WHERE id = (SELECT id FROM decisions LIMIT 1) RETURNING id"
    )
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = await sift_decisions(full, Sieve(channel=Channel.ADS), cursor=cursor)
        found += [each.id for each in page.items]
        cursor, pages = page.next_cursor, pages + 1
    assert (found, pages) == ([rare], 3)
    assert len((await sift_decisions(full, Sieve(journey="cart"), limit=50)).items) == 50
    assert (await sift_decisions(full, Sieve(journey="other"))).items == ()
