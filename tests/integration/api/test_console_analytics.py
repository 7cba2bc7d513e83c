"""What the console asks of the measuring is shown with its intervals, and can be had as a file."""

import csv
import io

import httpx

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.database import Pool
from fermata.journeys import SALT, GlobalHoldout, Registry

PEOPLE = f"""
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, 600) n;
    CREATE TEMPORARY TABLE them AS SELECT md5(n::text)::uuid AS id, n FROM generate_series(1, 600) n;
    INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
        SELECT id, '', '{SALT}', n % 2 = 0, 0.5, now() - interval '40 days' FROM them;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment)
        SELECT md5('viewed' || n)::uuid, 'viewed' || n, 'track',
               CASE WHEN n % 3 = 0 THEN 'Product Viewed' ELSE 'Page Viewed' END, id,
               now() - interval '39 days', now(), '{{"touch": {{"channel": "paid_search"}}}}'::jsonb FROM them
        UNION ALL SELECT md5('bought' || n)::uuid, 'bought' || n, 'track', 'Order Completed', id,
               now() - interval '38 days', now(), '{{}}'::jsonb FROM them
        WHERE (n % 2 = 1 AND n % 10 < 6) OR (n % 2 = 0 AND n % 10 < 2) OR n % 3 = 0;
"""  # noqa: S608 - a salt of our own


async def test_lift_attribution_and_paths_are_shown_and_lie_in_a_file(pool: Pool, database_url: str) -> None:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
        await connection.execute(PEOPLE)
    app = create_app(pool=pool, registry=Registry({}), holdout=GlobalHoldout(0.5, SALT), database_url=database_url)
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, timeout=60) as visitor:
        await visitor.post("/console/login", data={"key": keys["admin"]})
        lift = (await visitor.get("/console/analytics", params={"tab": "lift", "ask": "yes"})).text
        assert "Chance hardly explains the difference" in lift
        assert 'class="whisker"' in lift
        paths = (await visitor.get("/console/analytics", params={"tab": "paths", "ask": "yes", "within": "7"})).text
        assert "Product Viewed" in paths
        for times, words in (
            ({"since": "2026-03-02", "until": "2026-03-01"}, "the wrong way round, swap them"),
            ({"since": "yesterday"}, "is no date; write one as 2026-03-31"),
            ({"since": "2199-01-01", "until": "2199-02-01"}, "is yet to come"),
        ):
            refused = await visitor.get("/console/analytics", params={"tab": "paths", "ask": "yes", **times})
            assert words in refused.text
            assert refused.status_code == 200
        cohorts = (await visitor.get("/console/analytics/cohorts.csv")).text
        bought = await pool.fetchval("SELECT count(DISTINCT profile_id) FROM events WHERE name = 'Order Completed'")
        assert sum(int(row["people"]) for row in csv.DictReader(io.StringIO(cohorts))) == bought
        file = (await visitor.get("/console/analytics/attribution.csv")).text
        (owed,) = csv.DictReader(io.StringIO(file))
        assert owed["channel"] == "paid_search"
        assert float(owed["markov"]) == float(owed["first"]) > 0
