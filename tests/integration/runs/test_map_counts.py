"""How many came to each step of a map, went on, left or converted: as it is in the ledger."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.database import Pool, new_id
from fermata.runs import RunState
from fermata.runs.map_counts import StepCounts, count_map
from fermata.runs.map_notes import notes_of
from tests.people import NOON, enrol
from workflows.discovery import discover
from workflows.mapping import map_of

JOURNEYS = discover(("workflows.cart_recovery",))
MAP = map_of(JOURNEYS, "cart_recovery")
REMINDER, DISCOUNT = (step.id for step in MAP.steps if step.messages)
BEGIN, END = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


async def lived(
    pool: Pool, state: str, *decided: tuple[str, str], reason: str | None = None, at: datetime = NOON
) -> UUID:
    """A run that stands so, with these decisions in it, message and action each, in order."""
    person = await enrol(pool, at=at)
    for visit, (message, action) in enumerate(decided, 1):
        decision = new_id()
        await pool.execute(
            "INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose,"
            " priority, action, reason, decided_at, policy)"
            " VALUES ($1::uuid, $1::text, $2, $3, 'cart_recovery', $4, $4, $5, 'marketing', 50, $6, 'eligible',"
            " $7, 'v1')",
            decision,
            person.profile_id,
            person.run_id,
            message,
            visit,
            action,
            at,
        )
        if action == "send":
            await pool.execute(
                "INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at,"
                " exposed_at, updated_at) VALUES ($1, $2, 'email', 'marketing', 50, 'sent', $3, $3, $3)",
                decision,
                person.profile_id,
                at,
            )
    await pool.execute(
        "UPDATE journey_runs SET state = $2, reason = $3, ended_at = CASE WHEN $2 = 'active' THEN NULL ELSE now() END"
        " WHERE id = $1",
        person.run_id,
        state,
        reason,
    )
    return person.run_id


@pytest.fixture
async def ledger(pool: Pool) -> Pool:
    """Eight runs, two of which do not count: one is of the day before, one is held out."""
    both = (("cart_reminder", "send"), ("cart_discount", "send"))
    await lived(pool, "converted", *both, reason="Order Completed")
    await lived(pool, "completed", ("cart_reminder", "defer"), ("cart_reminder", "send"))
    await lived(pool, "active", ("cart_reminder", "send"))
    await lived(pool, "active", ("cart_reminder", "drop"), ("cart_discount", "defer"))
    await lived(pool, "converted", reason="Order Completed")
    await lived(pool, "exited", reason="Cart Cleared")
    await lived(pool, "converted", *both, at=NOON - timedelta(days=1))
    await lived(pool, "holdout")
    return pool


async def test_every_run_is_counted_where_it_came_to(ledger: Pool) -> None:
    found = await count_map(ledger, MAP, since=BEGIN, until=END)
    assert found.started == 6
    assert found.states == {
        RunState.ACTIVE: 2, RunState.COMPLETED: 1, RunState.CONVERTED: 2, RunState.EXITED: 1,
    }  # fmt: skip
    assert found.exits == {"Cart Cleared": 1}
    assert found.steps[REMINDER] == StepCounts(
        came_near=6, reached=4, sent=3, dropped=1, held=0, on_the_way=0, converted_before=1, left_before=1, converted=1
    )
    assert found.steps[DISCOUNT] == StepCounts(
        came_near=4, reached=2, sent=1, dropped=0, held=1, on_the_way=1, converted_before=0, left_before=1, converted=1
    )
    for step in found.steps.values():
        assert step.came_near == step.reached + step.on_the_way + step.converted_before + step.left_before


async def test_of_some_runs_only_those_are_counted(ledger: Pool) -> None:
    await ledger.execute("UPDATE journey_runs SET temporal_run_id = id::text")
    some = [row["id"] for row in await ledger.fetch("SELECT id::text FROM journey_runs WHERE state = 'active'")]
    found = await count_map(ledger, MAP, since=BEGIN, until=END, among=some)
    assert (found.started, found.states) == (2, {RunState.ACTIVE: 2})
    assert (found.steps[REMINDER].reached, found.steps[DISCOUNT].held) == (2, 1)
    assert (await count_map(ledger, MAP, since=BEGIN, until=END, among=())).started == 0


MANY = """
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, 4000) n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT id, id, 'track', 'Product Added', id, now(), now() FROM profiles;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart_recovery', id, id, id, 'active', now() FROM profiles;
    INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                           reason, channel, decided_at, policy)
        SELECT id, id, id, id, 'cart_recovery', 'cart_reminder', 'cart_reminder', 1, 'marketing', 50, 'drop', 'expired',
               'email', now(), 'v1'
        FROM profiles WHERE id < '40000000-0000-0000-0000-000000000000';
"""


async def test_of_too_many_runs_some_are_drawn_that_tell_of_all(pool: Pool) -> None:
    await pool.execute(MANY)
    since, until = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    whole = await count_map(pool, MAP, since=since, until=until, most=2000)
    assert whole == await count_map(pool, MAP, since=since, until=until)
    assert whole.started == whole.looked_at == 4000
    part = await count_map(pool, MAP, since=since, until=until, most=1000)
    assert part.started == 4000
    assert 900 < part.looked_at < 1100
    assert part.steps[REMINDER].dropped == part.steps[REMINDER].reached
    assert part.steps[REMINDER].reached == pytest.approx(whole.steps[REMINDER].reached, rel=0.1)


async def test_the_map_says_the_counts_beside_its_steps(ledger: Pool) -> None:
    notes = notes_of(MAP, await count_map(ledger, MAP, since=BEGIN, until=END))
    assert notes["start"] == "6 started"
    assert notes[REMINDER] == "4 reached, 3 sent, 17% left before"
    assert (notes["goal"], notes["exit1"], notes["exit2"]) == ("2 (33%)", "1 (17%)", "0 (0%)")


async def test_where_nothing_has_started_everything_is_nought(pool: Pool) -> None:
    found = await count_map(pool, MAP, since=BEGIN, until=END)
    assert found.started == 0
    assert set(found.steps) == {REMINDER, DISCOUNT}
    assert notes_of(MAP, found)["goal"] == "0 (0%)"


@pytest.fixture
async def operator(ledger: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API over that ledger."""
    async with ledger.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=ledger, registry=JOURNEYS.registry, discovered=JOURNEYS)
    async with (
        HttpServer(app) as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {keys['admin']}"}) as client,
    ):
        yield client


async def test_journeys_and_their_maps_are_told_over_http(operator: httpx.AsyncClient) -> None:
    listed = (await operator.get("/api/v1/journeys")).json()["journeys"]
    assert [journey["name"] for journey in listed] == ["cart_recovery"]
    shown = (await operator.get("/api/v1/journeys/cart_recovery")).json()
    assert shown["runs"] == {"active": 2, "completed": 1, "converted": 3, "exited": 1, "holdout": 1}
    place = "/api/v1/journeys/cart_recovery/map"
    bare = (await operator.get(place)).json()
    assert (bare["map"], bare["counts"]) == (MAP.model_dump(mode="json"), None)
    counted = await operator.get(place, params={"counts": True, "since": BEGIN.isoformat(), "until": END.isoformat()})
    assert counted.json()["counts"]["started"] == 6
    picture = await operator.get(place, params={"format": "svg", "counts": True, "since": BEGIN.isoformat()})
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "6 started" in picture.text
    chart = await operator.get(place, params={"format": "mermaid"})
    assert chart.text.startswith("flowchart TD\n")


async def test_what_cannot_be_asked_is_said_over_http(operator: httpx.AsyncClient) -> None:
    assert "there are: cart_recovery" in (await operator.get("/api/v1/journeys/nothing")).json()["detail"]
    unknown = await operator.get("/api/v1/journeys/nothing/map")
    assert unknown.status_code == 404
    turned = {"since": END.isoformat(), "until": BEGIN.isoformat()}
    wrong = await operator.get("/api/v1/journeys/cart_recovery/map", params=turned)
    assert (wrong.status_code, "must lie before until" in wrong.json()["detail"]) == (400, True)
    naive = {"since": datetime.now(UTC).replace(tzinfo=None).isoformat()}
    assert (await operator.get("/api/v1/journeys/cart_recovery/map", params=naive)).status_code in (400, 422)
    without = await operator.get("/api/v1/journeys", headers={"Authorization": "Bearer nothing"})
    assert without.status_code == 401
