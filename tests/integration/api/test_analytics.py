"""``/api/v1/analytics``: each question is worked out in a process of its own, and a bad one is told so."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Registry, Trigger
from tests.integration.api.served import Served

REGISTRY = Registry(
    {
        "cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", holdout=0.5),
        "hello": JourneyDefinition(trigger=Trigger("Signed Up")),
    }
)


@pytest.fixture
async def measured(pool: Pool, database_url: str) -> AsyncIterator[Served]:
    now = datetime.now(UTC)
    payloads = []
    for number in range(40):
        for event, ago in (("Product Added", 20), *((("Order Completed", 19),) if number % 2 else ())):
            at = now - timedelta(days=ago)
            said = {"type": "track", "event": event, "userId": f"p{number}", "messageId": f"{event} {number}"}
            payloads.append({**said, "timestamp": at.isoformat(), "properties": {"revenue": 5, "currency": "EUR"}})
    door = Ingest(pool, REGISTRY, latest_trigger=None)
    then = now - timedelta(days=19)
    for event in ("Product Added", "Order Completed"):  # a run whose goal came in with its trigger would not begin
        events = [parse(each, received_at=then) for each in payloads if each["event"] == event]
        await door.accept(events, (), now - timedelta(days=20))
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=pool, registry=REGISTRY, database_url=database_url)
    async with HttpServer(app) as server:
        yield Served(server.url, keys["write"], keys["admin"])


async def test_questions_are_answered(measured: Served) -> None:
    async with measured.operator() as client:
        lift = (await client.get("/api/v1/analytics/lift", params={"journey": "cart"})).json()
        paths = (await client.get("/api/v1/analytics/paths", params={"longest": 1, "fewest": 1})).json()
        actions = (await client.get("/api/v1/analytics/next-best-actions", params={"journey": "cart"})).json()
    assert actions == {"actions": []}
    (cart,) = lift["experiments"]
    assert cart["lift"]["reached"]["people"] + cart["lift"]["held_out"]["people"] == 40
    assert [(each["steps"], each["people"], each["reached"]) for each in paths["paths"]] == [
        (["Product Added"], 40, 20)
    ]


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("lift?journey=hello", 422, "no event is named"),
        ("lift?journey=nothing", 404, "nothing"),
        ("lift?event=Order+Completed", 422, "nobody was reached"),
        ("lift?journey=cart&within=PT0S", 422, "greater than"),
        ("kpis?since=2026-03-01T00:00:00", 422, "timezone"),
    ],
)
async def test_a_question_without_an_answer_is_told_so(
    measured: Served, question: str, status: int, words: str
) -> None:
    async with measured.operator() as client:
        answer = await client.get(f"/api/v1/analytics/{question}")
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]


async def test_whoever_may_only_send_events_may_not_ask(measured: Served) -> None:
    async with measured.sender() as client:
        assert (await client.get("/api/v1/analytics/kpis")).status_code == 401
