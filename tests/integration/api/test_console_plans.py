"""Whatever a page of the console asks of the database an index answers: none reads a growing table from end to end."""

from datetime import UTC, datetime

import httpx
import orjson

from api.application import create_app
from api.console.guard import Cookie
from cli.bench.console_queries import watching
from cli.bench.console_rows import fill
from cli.bench.plan import scans
from fermata.access import first_keys
from fermata.access.sessions import open_session
from fermata.database import open_pool
from workflows.discovery import discover

SMALL = {"api_keys", "api_key_secrets", "policies", "policy_activations", "provider_health", "population_borders"}
"""These grow with what somebody sets up, not with people."""

_CONNECTIONS = 4


async def test_every_query_of_every_page_finds_its_rows_by_an_index(database_url: str) -> None:
    journeys = discover(("workflows",))
    pages = await fill(database_url, 500, list(journeys.classes))
    # So few rows Postgres reads whole rather than by an index, unless it is kept from that where it can be.
    async with open_pool(f"{database_url}?enable_seqscan=off", most=_CONNECTIONS) as pool:
        async with pool.acquire() as connection:
            session = await open_session(pool, (await first_keys(connection))["admin"], datetime.now(UTC))
        app = create_app(pool=pool, registry=journeys.registry, discovered=journeys, database_url=database_url)
        async with (
            watching(pool, _CONNECTIONS) as watch,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://console/console",
                cookies={Cookie(secure=False).name: session},
            ) as visitor,
        ):
            for page in pages:
                assert (await visitor.get(page)).status_code in (200, 303), page
            asked = {each.text: each for each in watch.forget()}.values()
            assert len(asked) > 40
            async with pool.acquire() as connection:
                for each in asked:
                    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {each.text}", *each.arguments)
                    nodes = scans(orjson.loads(plan)[0]["Plan"])
                    whole = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} - SMALL
                    assert not whole, (whole, each.text)
