"""Who was held out before draws were kept: what the runs tell of it is on record afterwards."""

from fermata.database import new_id, open_pool
from fermata.database.migrate import migrate
from tests.integration.database.conftest import DatabaseOf
from tests.people import NOON


async def test_the_draws_of_before_are_those_that_the_runs_tell_of(database_of: DatabaseOf) -> None:
    old_database = await database_of("0010")
    ada, bob = new_id(), new_id()
    async with open_pool(old_database) as pool:
        for person in (ada, bob):
            await pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", person, NOON)
        for person, journey, state in ((ada, "cart", "holdout"), (bob, "cart", "active"), (bob, "welcome", "active")):
            await pool.execute(
                "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)"
                " VALUES ($1, $2, $3, $2, $1, $4, $5)",
                new_id(),
                journey,
                person,
                state,
                NOON,
            )
    await migrate(old_database)
    async with open_pool(old_database) as pool:
        rows = await pool.fetch("SELECT profile_id, scope, held_out, share, drawn_at FROM holdouts ORDER BY profile_id")
        assert [tuple(row) for row in rows] == [(ada, "cart", True, 0.5, NOON), (bob, "cart", False, 0.5, NOON)]
        assert {row["key"] for row in await pool.fetch("SELECT key FROM journey_runs")} == {""}
