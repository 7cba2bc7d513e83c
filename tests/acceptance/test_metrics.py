"""What ``/metrics`` of API and worker tell of a day's work, and that they name nobody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from temporalio.client import Client

from cli.stack.ports import free_port
from cli.stack.waiting import until
from fermata.database import Pool
from fermata.metrics_page import MetricsPage
from tests.acceptance.seeing import Shop, open_shop
from tests.operating_files import expressions, metrics_in
from worker.meters import WatchMeters
from worker.plugin import fermata_plugin
from worker.temporal_metrics import temporal_runtime
from worker.watch import Watch

_LIMIT = timedelta(seconds=10)
_PERSON = "zqxada"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def shop(temporal_address: str, pool: Pool, port: int) -> AsyncIterator[Shop]:
    runtime = temporal_runtime("127.0.0.1", port)
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()], runtime=runtime)
    async with open_shop(client, pool) as opened:
        yield opened


def value(shop: Shop, name: str, **labels: str) -> float:
    return shop.registry.get_sample_value(name, labels) or 0.0


async def test_one_event_is_counted_from_the_request_to_the_providers_answer(shop: Shop, port: int) -> None:
    shop.provider.refuses = 1
    await shop.add_to_cart(_PERSON)
    assert (await shop.api.post("/v1/track", json={"userId": _PERSON})).status_code == 400
    assert (await shop.api.get(f"/api/v1/profiles/{_PERSON}")).status_code in (401, 422)
    assert (await shop.api.get(f"/{_PERSON}")).status_code == 404
    await shop.all_is_done()

    assert value(shop, "fermata_http_requests_total", method="POST", route="/v1/track", status="200") == 1
    assert value(shop, "fermata_http_requests_total", method="POST", route="/v1/track", status="400") == 1
    assert value(shop, "fermata_http_requests_total", method="GET", route="none", status="404") == 1
    assert value(shop, "fermata_ingest_events_total", door="track", result="accepted") == 1
    assert value(shop, "fermata_ingest_events_total", door="track", result="rejected") == 1
    assert value(shop, "fermata_dispatches_total", kind="start", result="started") == 1
    assert value(shop, "fermata_dispatch_seconds_count") == 1
    assert value(shop, "fermata_runs_started_total", journey="seen") == 1
    assert value(shop, "fermata_timer_lateness_seconds_count") == 1
    assert value(shop, "fermata_decisions_total", journey="seen", action="send", reason="eligible") == 1
    carried = {"channel": "push", "provider": "http:127.0.0.1"}
    assert value(shop, "fermata_sends_total", **carried, outcome="busy") == 1
    assert value(shop, "fermata_sends_total", **carried, outcome="accepted") == 1
    assert value(shop, "fermata_provider_errors_total", **carried, reason="busy") == 1
    assert value(shop, "fermata_provider_call_seconds_count", **carried) == 2
    assert value(shop, "fermata_runs_ended_total", journey="seen", state="completed") == 1

    temporals = (await shop.api.get(f"http://127.0.0.1:{port}/metrics")).text
    asked = set().union(*map(metrics_in, expressions()))
    for name in filter(lambda each: each.startswith("temporal_"), asked):
        assert f"\n{name}{{" in temporals

    page = await shop.api.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    profiles = [str(row["id"]) for row in await shop.pool.fetch("SELECT id FROM profiles")]
    for private in (_PERSON, *profiles):
        assert private not in page.text
        assert private not in temporals


async def test_one_worker_watches_for_all_and_another_takes_over(pool: Pool) -> None:
    registries = [CollectorRegistry() for _ in range(2)]
    watches = [Watch(pool, WatchMeters(each), timedelta(milliseconds=50)) for each in registries]
    keeping = [asyncio.create_task(each.keep()) for each in watches]

    def looking() -> list[bool]:
        return [each.get_sample_value("fermata_cap_overshoot") == 0 for each in registries]

    assert await until(lambda: any(looking()), limit=_LIMIT)
    first = looking().index(True)
    keeping[first].cancel()
    await asyncio.gather(keeping[first], return_exceptions=True)
    assert await until(lambda: looking() == [place != first for place in range(2)], limit=_LIMIT)
    other = registries[1 - first]
    for name in ("fermata_dispatch_waiting", "fermata_dispatch_oldest_seconds"):
        assert other.get_sample_value(name) == 0
    looked = other.get_sample_value("fermata_watch_timestamp_seconds")
    assert looked == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
    keeping[1 - first].cancel()
    await asyncio.gather(*keeping, return_exceptions=True)


def test_a_page_with_a_token_is_for_those_who_send_it() -> None:
    page = MetricsPage(CollectorRegistry(), SecretStr("a token of the tests"))
    assert page.lets_in("Bearer a token of the tests")
    assert not any(page.lets_in(each) for each in (None, "", "Bearer", "Bearer a token of the testsé"))
    assert MetricsPage(CollectorRegistry()).lets_in(None)
