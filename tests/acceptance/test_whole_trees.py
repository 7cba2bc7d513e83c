"""Every journey that ships, its whole tree on skipped time: whatever can end a run, in the middle of its waits."""

from collections import Counter
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest

from fermata.enrolment import end_runs
from fermata.vocabulary import Reason
from tests.acceptance.tree_runs import (
    Reference,
    Wait,
    all_of,
    known_as,
    led,
    reference,
    said,
    somebody,
    started,
    told,
)
from tests.acceptance.trees import TREES, Step
from tests.acceptance.world import World
from tests.policies import enact
from workflows.discovery import discover

TO_THE_END = timedelta(days=200)
ONE_OF_EACH = "version = 1\n" + "".join(
    f'[channels.{channel}]\ncaps = [{{ limit = 1, per = "365d" }}]\nwhen_capped = "drop"\n'
    for channel in ("email", "push", "sms")
)


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.fixture
def policy() -> str:
    """Everything is allowed, until a cap is."""
    return "version = 1\n"


async def ended_by_event(world: World, way: Reference, wait: Wait, event: str, state: str) -> str | None:
    """A goal or an exit comes in the middle of a wait: the run ends at once, and nothing goes out any more."""
    person = await somebody(world, way.tree, way.leg)
    run = await started(world, person)
    await led(world, run, person, way.steps, wait.middle)
    await told(world, run, person, Step(wait.middle, event))
    outcome = await world.outcome(run)
    row = await world.pool.fetchval("SELECT state FROM journey_runs WHERE id = $1", person.run_id)
    seen = (outcome.state, outcome.reason, row, await said(world, person))
    return _unlike(
        f"{way.name}: {event} after {wait.middle}", seen, (state, event, state, way.sent_before(wait.middle))
    )


async def ended_by_time(world: World, way: Reference, wait: Wait) -> str | None:
    """The journey's time limit comes in the middle of a wait."""
    person = await somebody(world, way.tree, way.leg)
    limit = world.registry[way.tree.journey].at_most
    run = await started(world, person, began=limit - wait.middle)
    await led(world, run, person, way.steps, wait.ends)
    seen = ((await world.outcome(run)).state, await said(world, person))
    return _unlike(f"{way.name}: time limit after {wait.middle}", seen, ("timed_out", way.sent_before(wait.middle)))


async def met_before(world: World, way: Reference) -> str | None:
    """The goal is on record before the run has heard of it: it says nothing."""
    person = await somebody(world, way.tree, way.leg)
    await world.store(person, str(way.tree.goal))
    run = await started(world, person)
    await led(world, run, person, way.steps, TO_THE_END)
    await world.outcome(run)
    reasons = await world.pool.fetch("SELECT DISTINCT reason FROM decisions WHERE run_id = $1", person.run_id)
    return _unlike(
        f"{way.name}: goal before it begins",
        ({row[0] for row in reasons} <= {"goal_met"}, await said(world, person)),
        (True, []),
    )


async def erased(world: World, way: Reference) -> str | None:
    """The person is erased in the middle of the first wait."""
    person = await somebody(world, way.tree, way.leg)
    run = await started(world, person)
    await led(world, run, person, (), way.waits[0].middle)
    async with world.pool.acquire() as connection, connection.transaction():
        await end_runs(connection, person.profile_id, Reason.PROFILE_ERASED, datetime.now(UTC))
    await world.deliver()
    outcome = await world.outcome(run)
    return _unlike(f"{way.name}: erased", (outcome.state, outcome.reason), ("exited", "profile_erased"))


async def merged(world: World, way: Reference) -> str | None:
    """The person turns out to be somebody known in the middle of the first wait: it goes on for them, as it would."""
    visitor = await somebody(world, way.tree, way.leg)
    user = await somebody(world, way.tree, way.leg)
    await world.pool.execute("UPDATE journey_runs SET journey = 'branches' WHERE id = $1", user.run_id)
    run = await started(world, visitor)
    await led(world, run, visitor, (), way.waits[0].middle)
    await known_as(world, visitor, user)
    await world.deliver()
    await led(world, run, user, (), TO_THE_END)
    outcome = await world.outcome(run)
    owner = await world.pool.fetchval("SELECT profile_id FROM journey_runs WHERE id = $1", visitor.run_id)
    expected = [(each.message, each.channel) for each in way.sent]
    seen = (outcome.state, owner, await said(world, visitor))
    return _unlike(f"{way.name}: merged", seen, (way.outcome.state, user.profile_id, expected))


async def capped(world: World, way: Reference) -> str | None:
    """One message a channel is all that is allowed: the others are dropped, and the journey goes on to its end."""
    person = await somebody(world, way.tree, way.leg)
    run = await started(world, person)
    await led(world, run, person, way.steps, TO_THE_END)
    outcome = await world.outcome(run)
    sent = Counter(
        row["channel"]
        for row in await world.pool.fetch(
            "SELECT r.channel FROM reservations r JOIN decisions d ON d.id = r.decision_id"
            " WHERE d.run_id = $1 AND r.purpose = 'marketing' AND r.channel <> 'ads'",
            person.run_id,
        )
    )
    dropped = await world.pool.fetch(
        "SELECT DISTINCT reason FROM decisions WHERE run_id = $1 AND action <> 'send'", person.run_id
    )
    seen = (outcome.state, max(sent.values(), default=0) <= 1, {row[0] for row in dropped} <= {"frequency_capped"})
    return _unlike(f"{way.name}: capped", seen, (way.outcome.state, True, True))


def _unlike(case: str, seen: object, expected: object) -> str | None:
    return None if seen == expected else f"{case}\n  is       {seen}\n  should be {expected}"


def _cases(world: World, ways: list[Reference]) -> list[Awaitable[str | None]]:
    """The goal in every wait, or the exit where there is none; whatever else ends a run once in a tree or branch."""
    first = {way.tree.journey: way for way in reversed(ways)}.values()
    return [
        *(in_a_wait(world, way, wait) for way in ways for wait in way.waits),
        *(ended_by_event(world, way, way.waits[0], exit_, "exited") for way in first for exit_ in way.tree.exits),
        *(ended_by_time(world, way, way.waits[-1]) for way in ways if way.waits),
        *(met_before(world, way) for way in first if way.tree.goal),
        *(erased(world, way) for way in first),
        *(merged(world, way) for way in first),
    ]


def in_a_wait(world: World, way: Reference, wait: Wait) -> Awaitable[str | None]:
    """What ends the journey first of all comes in the middle of a wait."""
    if way.tree.goal is None:
        return ended_by_event(world, way, wait, way.tree.exits[0], "exited")
    return ended_by_event(world, way, wait, way.tree.goal, "converted")


async def test_whatever_ends_a_run_ends_it_in_every_wait_of_every_journey_that_ships(world: World) -> None:
    with world.skipper.with_time_skipping_disabled():
        ways = await all_of([reference(world, tree, leg) for tree in TREES for leg in tree.legs])
        wrong = [_unlike(way.name, way.says, list(way.tree.legs[way.leg].says)) for way in ways]
        wrong += await all_of(_cases(world, ways))
        await enact(world.pool, ONE_OF_EACH)
        wrong += await all_of([capped(world, way) for way in ways if len(way.sent) > 1])
    found = [each for each in wrong if each is not None]
    assert not found, "\n".join(found)


def test_every_journey_that_ships_is_among_them() -> None:
    assert sorted(tree.journey for tree in TREES) == sorted(discover(("workflows",)).classes)
