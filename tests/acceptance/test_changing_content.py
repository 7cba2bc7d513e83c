"""A policy changes without a deploy: runs under way obey it from their next decision on, and what waits at once."""

from datetime import timedelta

import pytest

from cli.stack.waiting import until
from tests.acceptance.world import World
from tests.policies import enact

HOUR = timedelta(hours=1)
ONLY_EMAIL = {"email": "ada@example.com"}
OPEN = 'version = 1\n[channels.email]\nwindow = "always"\n'
ONE_A_MONTH = OPEN + 'caps = [{ limit = 1, per = "30d" }]\nwhen_capped = "drop"\n'


@pytest.fixture
def policy() -> str:
    return OPEN


@pytest.fixture
def cached_runs() -> int:
    return 1000


async def test_a_cap_that_is_set_while_a_run_waits_holds_for_its_next_message(world: World) -> None:
    ada = await world.enrol(addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    await enact(world.pool, ONE_A_MONTH)
    await world.tell(run, ada, "Product Viewed")
    assert (await world.outcome(run)).state == "completed"
    assert [decision[:2] for decision in await world.decisions()] == [
        ("send", "eligible"),
        ("drop", "frequency_capped"),
    ]
    assert len(world.smtp.messages) == 1


async def test_what_is_held_goes_at_once_when_the_policy_lets_it(world: World) -> None:
    await enact(world.pool, OPEN.replace('"always"', '"09:00-20:00"'))
    ada = await world.enrol(hour=1, addresses=ONLY_EMAIL)
    run = await world.start(ada)
    await world.let_pass(run, 2 * HOUR)
    assert await world.decisions() == [("defer", "outside_window", "email")]
    await enact(world.pool, OPEN)
    await world.deliver()
    assert await until(lambda: len(world.smtp.messages) == 1, limit=timedelta(seconds=20))
    assert [decision[0] for decision in await world.decisions()] == ["defer", "send"]
