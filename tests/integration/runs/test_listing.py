"""Runs are listed in pages, the newest first, by journey, state or person: always by an index."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from fermata.database import Pool, Queries
from fermata.database.page_cursor import NEWEST
from fermata.errors import InvalidEvent
from fermata.runs import RunState, RunSummary, count_runs, list_runs, runs_at
from tests.people import NOON, Enrolled, enrol, enrol_again

MANY = 40_000
FEW = 300
"""Pages of 8 KB: a page of a list must not read all runs."""
OTHERS = "SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, $1) n"
RUNS = """
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at, ended_at)
    SELECT md5(n::text)::uuid, 'journey_' || n % 5, md5(n::text)::uuid, n, $2,
           CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'completed' END, now() - n * interval '1 minute', now()
    FROM generate_series(1, $1) n
"""


async def every(pool: Pool, *, journey: str | None = None, state: RunState | None = None) -> list[RunSummary]:
    """A list from its first page to its last, two runs a page."""
    found: list[RunSummary] = []
    cursor = None
    while True:
        page = await list_runs(pool, journey=journey, state=state, limit=2, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.fixture
async def people(pool: Pool) -> list[Enrolled]:
    """Five runs of ``cart_recovery``, three begun at one instant, and one of ``welcome``; the last two have ended."""
    carts = [await enrol(pool, at=NOON + timedelta(hours=hour)) for hour in (0, 0, 0, 1, 2)]
    welcome = await enrol_again(pool, carts[-1], "welcome", at=NOON + timedelta(hours=3))
    ended = [carts[-1].run_id, welcome.run_id]
    await pool.execute("UPDATE journey_runs SET state = 'converted', ended_at = now() WHERE id = ANY($1)", ended)
    return [*carts, welcome]


async def test_pages_have_every_run_once_the_newest_first(pool: Pool, people: list[Enrolled]) -> None:
    found = await every(pool)
    assert sorted(run.id for run in found) == sorted(person.run_id for person in people)
    assert [run.started_at for run in found] == sorted((run.started_at for run in found), reverse=True)
    assert {run.trigger for run in found} == {"Product Added"}


async def test_a_list_is_narrowed_by_journey_state_and_person(pool: Pool, people: list[Enrolled]) -> None:
    *carts, welcome = people
    assert [run.id for run in await every(pool, journey="welcome")] == [welcome.run_id]
    active = {run.id for run in await every(pool, journey="cart_recovery", state=RunState.ACTIVE)}
    assert active == {person.run_id for person in carts[:-1]}
    hers = await list_runs(pool, profile_id=welcome.profile_id)
    assert [run.id for run in hers.items] == [welcome.run_id, carts[-1].run_id]
    of_both = await list_runs(pool, profile_id=welcome.profile_id, journey="welcome", state=RunState.ACTIVE)
    assert (of_both.items, of_both.next_cursor) == ((), None)
    assert await every(pool, journey="nothing") == []
    assert await count_runs(pool, "cart_recovery") == {RunState.ACTIVE: 4, RunState.CONVERTED: 1}


async def test_of_a_workflow_the_run_that_is_active_is_found(pool: Pool, people: list[Enrolled]) -> None:
    asked = [(person.profile_id, person.workflow_id) for person in people]
    assert {run.id for run in await runs_at(pool, asked)} == {person.run_id for person in people[:4]}


async def test_a_cursor_of_another_list_is_refused(pool: Pool) -> None:
    with pytest.raises(InvalidEvent, match="not one that this list gave out"):
        await list_runs(pool, cursor="tomorrow")


async def test_a_page_is_read_by_an_index_however_many_runs_there_are(pool: Pool) -> None:
    ada = await enrol(pool)
    await pool.execute("INSERT INTO profiles (id, created_at, updated_at) " + OTHERS, MANY)
    await pool.execute(RUNS, MANY, ada.trigger.id)
    await pool.execute("VACUUM ANALYZE journey_runs")
    journeys = [row["journey"] for row in await pool.fetch(Queries("fermata.runs")["journeys"])]
    assert journeys == ["cart_recovery", *(f"journey_{number}" for number in range(5))]
    place = (*NEWEST, 21)
    assert await read_pages(pool, "journeys") < FEW
    assert await read_pages(pool, "listed", *place, journeys, list(RunState)) < FEW
    assert await read_pages(pool, "listed", *place, journeys, ["failed"]) < FEW
    assert await read_pages(pool, "of_profile", *place, ada.profile_id, None, list(RunState)) < FEW
    assert await read_pages(pool, "at_workflows", [ada.profile_id], [ada.workflow_id]) < FEW
    for name in ("run", "waiting"):
        assert await read_pages(pool, name, ada.run_id) < FEW
    for name in ("decisions", "actions"):
        assert await read_pages(pool, name, ada.run_id, 20) < FEW
    assert await read_pages(pool, "counts", "cart_recovery") < FEW
    until = datetime.now(UTC) - timedelta(days=10)
    an_hour = ("journey_1", until - timedelta(hours=1), until, list(RunState))
    assert await read_pages(pool, "started", *an_hour, file="map_counts.sql") < FEW
    assert await read_pages(pool, "ways_gone", *an_hour, None, None, file="map_counts.sql") < FEW


async def read_pages(pool: Pool, name: str, *given: object, file: str = "queries.sql") -> int:
    """How many pages a statement reads."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {Queries('fermata.runs', file)[name]}"
        answer = await connection.fetchval(statement, *given)
    plan = json.loads(answer)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
