"""Stages and ways of coming, asked of Postgres: they agree with the rule in Python, whatever came in first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Connection, Pool, new_id
from fermata.profiles.acquisition import read_acquisition
from fermata.profiles.lifecycle import read_stage
from fermata.segments import (
    Segment,
    StageFacts,
    explain,
    first_came_by,
    in_stage,
    latest_came_by,
    matches,
    members,
    stage_of,
)
from fermata.vocabulary import AcquisitionChannel, LifecycleStage
from tests.people import NOON

EDGE = timedelta(microseconds=1)
AGES = st.sampled_from(
    [timedelta(days=days) + edge for days in (0, 30, 90, 180) for edge in (timedelta(0), EDGE, -EDGE)]
)
TOUCHES = ("direct", "email", "paid_search")


@dataclass(frozen=True)
class Somebody:
    """A person by what their stage and their acquisition follow from."""

    orders: tuple[datetime, ...] = ()
    address: bool = False
    seen_at: datetime | None = None
    touches: tuple[tuple[datetime, str], ...] = ()
    id: UUID = field(default_factory=new_id)


people = st.builds(
    Somebody,
    orders=st.lists(AGES.map(lambda age: NOON - age), max_size=3).map(tuple),
    address=st.booleans(),
    seen_at=st.none() | AGES.map(lambda age: NOON - age),
    touches=st.lists(st.tuples(AGES.map(lambda age: NOON - age), st.sampled_from(TOUCHES)), max_size=4).map(tuple),
)


async def write(connection: Connection, person: Somebody) -> None:
    await connection.execute(
        "INSERT INTO profiles (id, created_at, updated_at, addresses, session_seen_at) VALUES ($1, $2, $2, $3, $4)",
        person.id,
        NOON,
        {"email": "ada@example.com"} if person.address else {},
        person.seen_at,
    )
    rows: list[tuple[str, datetime, dict[str, Any]]] = [("Order Completed", at, {}) for at in person.orders]
    rows += [("Viewed Home Page", at, {"touch": {"channel": channel}}) for at, channel in person.touches]
    await connection.executemany(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment)"
        " VALUES ($1, $2, 'track', $3, $4, $5, $6, $7)",
        [(new_id(), str(new_id()), name, person.id, at, NOON, extra) for name, at, extra in rows],
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(person=people)
async def test_everybody_is_in_exactly_the_stage_that_the_rule_says(pool: Pool, person: Somebody) -> None:
    past = [at for at in person.orders if at <= NOON]
    facts = StageFacts(len(past), max(past, default=None), person.address, person.seen_at)
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await write(connection, person)
        inside = [stage for stage in LifecycleStage if await matches(connection, in_stage(stage), person.id, NOON)]
        assert inside == [stage_of(facts, NOON)]
        for stage in LifecycleStage:
            assert (person.id in await members(connection, in_stage(stage), NOON)) is (stage in inside)
        read = await read_stage(connection, person.id, NOON)
        assert (read.stage, read.orders) == (inside[0], len(past))
        await undone.rollback()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(person=people)
async def test_the_first_and_the_latest_touch_are_those_of_the_earliest_and_latest_event(
    pool: Pool, person: Somebody
) -> None:
    past = sorted(touch for touch in person.touches if touch[0] <= NOON)
    led = [touch for touch in past if touch[1] != "direct"] or past
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await write(connection, person)
        known = await read_acquisition(connection, person.id, NOON)
        for touch, candidates in (
            (known.first, [each for each in past if each[0] == past[0][0]]),
            (known.latest, [each for each in led if each[0] == led[-1][0]]),
        ):
            if touch is None:
                assert not past
            else:
                assert (touch.at, touch.channel.value) in candidates
        for channel in AcquisitionChannel:
            by_first = await matches(connection, first_came_by(channel), person.id, NOON)
            by_latest = await matches(connection, latest_came_by(channel), person.id, NOON)
            assert by_first is (known.first is not None and known.first.channel is channel)
            assert by_latest is (known.latest is not None and known.latest.channel is channel)
        await undone.rollback()


async def test_an_explanation_tells_the_orders_and_the_touch(pool: Pool) -> None:
    ada = Somebody(orders=(NOON - timedelta(days=100),), touches=((NOON - timedelta(days=101), "email"),))
    bob = Somebody(address=True)
    async with pool.acquire() as connection:
        await write(connection, ada)
        await write(connection, bob)

    async def fact(segment: Segment, person: Somebody) -> str | None:
        return (await explain(pool, segment, person.id, NOON)).fact

    assert await fact(in_stage("at_risk"), ada) == "1 order, the last on 2025-11-24 12:00:00 UTC"
    assert await fact(in_stage("at_risk"), bob) == "no order, an address is on record, never seen"
    assert await fact(first_came_by("email"), ada) == "by email on 2025-11-23 12:00:00 UTC"
    assert await fact(first_came_by("email"), bob) == "not known"
