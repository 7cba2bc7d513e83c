"""The benchmark of storage fills a database by the doors of production: as many of everything as it says."""

from importlib import resources

from cli.bench.storage_rows import DECISIONS, EVENTS, fill
from fermata.database import Pool
from tests.policies import enact


async def test_each_person_leaves_ten_events_a_run_and_three_sends(pool: Pool) -> None:
    await enact(pool, resources.files("cli.bench").joinpath("roomy.toml").read_text(encoding="utf-8"))
    await fill(pool, 20, lambda *_: None)
    counted = await pool.fetchrow(
        "SELECT (SELECT count(*) FROM profiles) AS people, (SELECT count(*) FROM events) AS events,"
        " (SELECT count(*) FROM journey_runs) AS runs, (SELECT count(*) FROM decisions) AS decisions,"
        " (SELECT count(*) FROM reservations WHERE state = 'sent') AS sends"
    )
    assert tuple(counted) == (20, 20 * EVENTS, 20, 20 * DECISIONS, 20 * DECISIONS)
