"""The verbs by which a journey asks about its person, on skipped time, with the real database."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.enrolment import drawn
from tests.acceptance.world import World

DAY = timedelta(days=1)


@pytest.fixture
def policy() -> str:
    """Everything is allowed: these tests are about the kit."""
    return "version = 1\n"


async def test_a_journey_asks_and_tells(world: World) -> None:
    ada = await world.enrol("asking", time_zone="Etc/UTC")
    await world.pool.execute("UPDATE profiles SET traits = '{\"plan\": \"pro\"}', country = 'GB'")
    await world.pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'ada', $1, $2)",
        ada.profile_id,
        datetime.now(UTC),
    )
    run = await world.start(ada)
    await world.let_pass(run, DAY)
    tone = drawn("tone", ada.profile_id, {"warm": 1, "brisk": 1})
    assert await run.query("answered") == ["GB pro", tone, "09:00"]

    for price in (5, 120):
        await world.pool.execute(
            "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
            " SELECT gen_random_uuid(), gen_random_uuid()::text, 'track', 'Product Viewed', $1, $2, $2, '{}'",
            ada.profile_id,
            datetime.now(UTC),
        )
        await world.say(run, "Product Viewed", price=price)
    await world.let_pass(run, timedelta(hours=1))
    assert (await run.query("answered"))[3:] == ["viewed 120"]

    await world.tell(run, ada, "Product Viewed")
    await world.let_pass(run, timedelta(minutes=5))
    assert (await run.query("answered"))[4:] == ["keen True", "told True"]
    assert await world.pool.fetchval("SELECT traits ->> 'stage_reached' FROM profiles") == "keen"
    assert await world.pool.fetchval("SELECT properties FROM events WHERE name = 'Shopper Was Keen'") == {"times": 3}
    shown = await world.pool.fetchrow("SELECT experiment, variant, profile_id FROM variant_exposures")
    assert shown is not None
    assert tuple(shown) == ("tone", tone, ada.profile_id)
    await world.tell(run, ada, "Order Completed")
    assert (await world.outcome(run)).state == "converted"


async def test_without_an_answer_in_time_it_goes_on(world: World) -> None:
    ada = await world.enrol("asking", time_zone="Etc/UTC")
    run = await world.start(ada)
    await world.let_pass(run, 8 * DAY)
    answers = await run.query("answered")
    assert answers[3:5] == ["nothing dear", "keen False"]
