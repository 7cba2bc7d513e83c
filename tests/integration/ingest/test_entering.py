"""Who enters: conditions of the trigger and of the person, keys and limits, asked in the ingest transaction."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from fermata.database import Pool, open_pool
from fermata.events import parse
from fermata.ingest import Ingest, Receipt
from fermata.ingest.routed import list_routed
from fermata.journeys import Always, JourneyDefinition, Registry, Trigger
from fermata.segments import days, did, in_journey, its, trait
from fermata.vocabulary import Reason

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEEN = did("Product Viewed", times=3, within=days(7)) & ~did("Sales Contacted")
REGISTRY = Registry(
    {
        "care": JourneyDefinition(
            trigger=Trigger("Order Completed"), key="order_id", goal="Order Reviewed", at_most_at_once=3
        ),
        "dear": JourneyDefinition(trigger=Trigger("Product Added", where=its("price") >= 50), reentry=Always()),
        "keen": JourneyDefinition(trigger=Trigger("Product Viewed"), entry=KEEN),
        "receipt": JourneyDefinition(trigger=Trigger("Order Completed"), key="order_id", transactional=True),
        "vips": JourneyDefinition(trigger=Trigger("Signed In"), entry=(trait("plan") == "pro") & ~in_journey("keen")),
    }
)
_numbers = count()


@pytest.fixture
def door(pool: Pool) -> Ingest:
    """The ingest with the journeys above."""
    return Ingest(pool, REGISTRY)


def event(name: str, user: str = "ada", *, at: datetime = NOON, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": name,
        "userId": user,
        "messageId": f"m{next(_numbers)}",
        "timestamp": at.isoformat(),
        "properties": properties,
    }


async def send(door: Ingest, *payloads: dict[str, Any], at: datetime = NOON) -> Receipt:
    return await door.accept([parse(each, received_at=at) for each in payloads], (), at)


async def routings(pool: Pool) -> list[dict[str, str]]:
    """What became of every event, in the order in which they came in."""
    return [row["routing"] for row in await pool.fetch("SELECT routing FROM events ORDER BY id")]


async def test_a_trigger_that_is_not_as_asked_starts_nothing_and_tells_why(door: Ingest, pool: Pool) -> None:
    await send(door, event("Product Added", price=49.9), event("Product Added", price="50"))
    assert await routings(pool) == [{"dear": "event_condition_unmet"}, {"dear": "started"}]
    page = await list_routed(pool, REGISTRY, result=Reason.EVENT_CONDITION_UNMET)
    assert [each.explanation for item in page.items for each in item.routing] == ["not so: price is at least 50"]


async def test_the_event_that_comes_in_counts_for_the_entry_segment(door: Ingest, pool: Pool) -> None:
    for _ in range(3):
        await send(door, event("Product Viewed"))
    assert await routings(pool) == [*[{"keen": "event_condition_unmet"}] * 2, {"keen": "started"}]


async def test_whoever_did_what_keeps_them_out_does_not_enter_and_is_told_part_for_part(
    door: Ingest, pool: Pool
) -> None:
    await send(door, event("Sales Contacted"), event("Product Viewed"), event("Product Viewed"))
    (item, *_) = (await list_routed(pool, REGISTRY, journey="keen")).items
    (routed,) = item.routing
    assert routed.result == "event_condition_unmet"
    assert routed.explanation is not None
    assert "no  did Product Viewed at least 3 times within 7 days: 2 of 3 within 7 days" in routed.explanation
    assert "no  never Sales Contacted: 1" in routed.explanation


async def test_a_trait_that_comes_with_the_request_counts(door: Ingest, pool: Pool) -> None:
    identify = {"type": "identify", "userId": "ada", "messageId": "i1", "traits": {"plan": "pro"}}
    await send(door, identify, event("Signed In"), event("Signed In", "bob"))
    found = await pool.fetch("SELECT name, routing FROM events WHERE name = 'Signed In' ORDER BY id")
    assert [row["routing"] for row in found] == [{"vips": "started"}, {"vips": "event_condition_unmet"}]


async def test_a_batch_of_people_is_asked_by_one_statement_and_told_why_by_one_more(
    database_url: str, pool: Pool
) -> None:
    def batch(people: int) -> list[dict[str, Any]]:
        return [event("Product Viewed", f"{people}-{n}") for n in range(people) for _ in range(n % 4 + 1)]

    async with open_pool(database_url, most=1) as alone:
        one = Ingest(alone, REGISTRY)
        sent: list[str] = []
        async with alone.acquire() as connection:
            connection.add_query_logger(lambda record: sent.append(record.query))
        await send(one, *batch(8))  # the first one asks Postgres about types too
        sent.clear()
        await send(one, *batch(4))
        few = list(sent)
        sent.clear()
        await send(one, *batch(40))
        many = list(sent)
        sent.clear()
        await send(one, event("Product Added", "nobody-enters-by-a-segment", price=60))
        without = list(sent)
    assert len(many) == len(few) + 1  # of many, those that are stored already are looked for first
    assert sum("asked.place" in query for query in many) == 2
    assert not any("asked.place" in query for query in without)
    assert not any("UPDATE events" in query for query in without)


async def test_each_order_has_a_run_of_its_own_and_events_find_it(door: Ingest, pool: Pool) -> None:
    await send(door, event("Order Completed", order_id="A-1"))
    await send(door, event("Order Completed", order_id=1002), event("Order Completed", order_id="A-1"))
    runs = await pool.fetch("SELECT key, workflow_id, profile_id FROM journey_runs WHERE journey = 'care' ORDER BY id")
    assert [row["key"] for row in runs] == ["A-1", "1002"]
    assert [row["workflow_id"] for row in runs] == [f"care/{row['profile_id']}/{row['key']}" for row in runs]
    await send(door, event("Order Reviewed", order_id="1002"))
    await send(door, event("Order Reviewed"))
    told = await pool.fetch(
        "SELECT r.key FROM dispatches d JOIN journey_runs r ON r.id = d.run_id JOIN events e ON e.id = d.event_id"
        " WHERE e.name = 'Order Reviewed' ORDER BY d.id"
    )
    assert [row["key"] for row in told][:1] == ["1002"]
    assert sorted(row["key"] for row in told[1:]) == ["1002", "A-1"]


async def test_a_goal_that_is_on_record_keeps_out_only_the_run_of_its_key(door: Ingest, pool: Pool) -> None:
    await send(door, event("Order Reviewed", order_id="A-1", at=NOON))
    before = NOON - timedelta(hours=1)
    await send(door, event("Order Completed", order_id="A-1", at=before))
    await send(door, event("Order Completed", order_id="A-2", at=before))
    assert [routing.get("care") for routing in await routings(pool)] == [None, "goal_met", "started"]


async def test_the_limits_of_a_journey_and_of_the_deployment_refuse_with_a_reason(pool: Pool) -> None:
    door = Ingest(pool, REGISTRY, most_runs=8)
    await send(door, *(event("Order Completed", order_id=f"A-{n}") for n in range(5)))
    assert [routing["care"] for routing in await routings(pool)] == [*["started"] * 3, *["already_enrolled"] * 2]
    await send(door, event("Product Added", price=60))
    page = await list_routed(pool, REGISTRY, result=Reason.ALREADY_ENROLLED, journey="dear")
    assert page.items[0].routing[0].explanation == "8 runs of all journeys are active, at most 8 at once"
    await send(door, event("Order Completed", order_id="A-9"))
    assert (await routings(pool))[-1] == {"care": "already_enrolled", "receipt": "started"}


async def test_an_address_as_a_key_does_not_reach_the_workflows_id(pool: Pool) -> None:
    tickets = Registry({"care": JourneyDefinition(trigger=Trigger("Case Raised"), key="ticket")})
    await send(Ingest(pool, tickets), event("Case Raised", ticket="ada@example.com"))
    row = await pool.fetchrow("SELECT key, workflow_id FROM journey_runs")
    assert row["key"].startswith("~")
    assert "ada" not in row["workflow_id"]
    await send(Ingest(pool, tickets), event("Case Raised", ticket=" ada@example.com"))
    assert (await routings(pool))[-1] == {"care": "already_enrolled"}


async def test_one_trigger_fifty_times_at_once_starts_one_run(door: Ingest, pool: Pool) -> None:
    await asyncio.gather(*(send(door, event("Order Completed", order_id="A-1")) for _ in range(50)))
    found = await pool.fetch("SELECT journey, count(*) AS runs FROM journey_runs GROUP BY journey ORDER BY journey")
    assert [(row["journey"], row["runs"]) for row in found] == [("care", 1), ("receipt", 1)]
    words = [routing["care"] for routing in await routings(pool)]
    assert sorted(words) == [*["already_enrolled"] * 49, "started"]


async def test_fifty_orders_at_once_never_exceed_the_limit(door: Ingest, pool: Pool) -> None:
    await asyncio.gather(*(send(door, event("Order Completed", order_id=f"A-{n}")) for n in range(50)))
    assert await pool.fetchval("SELECT count(*) FROM journey_runs WHERE journey = 'care'") == 3
    assert await pool.fetchval("SELECT count(*) FROM journey_runs WHERE journey = 'receipt'") == 50
