"""When the world of a demo counts as quiet: nothing on its way, nothing unsettled, every run over or really held."""

import asyncio
from datetime import UTC, datetime, timedelta

from cli.demo.quiet import Unrest, wait_for_first_decisions, wait_for_quiet
from fermata.database import Pool
from tests.integration.demo.past import decide, end, expose, hold
from tests.people import enrol

AN_HOUR = timedelta(hours=1)
SHORT = timedelta(seconds=0.2)


def now() -> datetime:
    return datetime.now(UTC)


async def look(pool: Pool) -> Unrest:
    return await wait_for_quiet(pool, since=now() - AN_HOUR, limit=SHORT, tell=lambda unrest: None)


async def test_a_run_that_is_held_for_a_real_reason_is_at_rest(pool: Pool) -> None:
    person = await enrol(pool, at=now())
    assert not (await look(pool)).quiet
    await hold(pool, person, "quiet_hours", at=now(), until=now() + AN_HOUR)
    unrest = await look(pool)
    assert unrest.quiet
    assert unrest.held == 1


async def test_a_hold_whose_time_has_come_is_not_at_rest(pool: Pool) -> None:
    await hold(pool, await enrol(pool, at=now()), "quiet_hours", at=now(), until=now())
    assert (await look(pool)).runs == 1


async def test_a_hold_until_the_next_visit_is_at_rest(pool: Pool) -> None:
    await hold(pool, await enrol(pool, at=now()), "no_active_session", at=now(), until=None)
    assert (await look(pool)).quiet


async def test_a_message_between_its_decision_and_its_receipt_is_not_at_rest(pool: Pool) -> None:
    person = await enrol(pool, at=now())
    await end(pool, person, "completed", at=now())
    for state in ("reserved", "sending", "unknown"):
        await pool.execute("DELETE FROM reservations")
        await expose(pool, person, "email", now(), state=state)
        assert (await look(pool)).sends == 1


async def test_an_event_on_its_way_to_a_run_is_not_at_rest(pool: Pool) -> None:
    person = await enrol(pool, at=now())
    await end(pool, person, "completed", at=now())
    await pool.execute(
        "INSERT INTO dispatches (profile_id, run_id, event_id, kind, due_at, created_at) "
        "VALUES ($1, $2, $3, 'signal', $4, $4)",
        person.profile_id,
        person.run_id,
        person.trigger.id,
        now(),
    )
    assert (await look(pool)).dispatches == 1


async def test_it_waits_as_long_as_something_changes(pool: Pool) -> None:
    people = [await enrol(pool, at=now()) for _ in range(4)]
    endings: list[asyncio.Task[None]] = []

    def end_one(unrest: Unrest) -> None:
        if people:
            endings.append(asyncio.create_task(end(pool, people.pop(), "completed", at=now())))

    # Longer than from one look to the next, and much shorter than it all takes.
    unrest = await wait_for_quiet(pool, since=now() - AN_HOUR, limit=timedelta(seconds=1), tell=end_one)
    await asyncio.gather(*endings)
    assert unrest.quiet


async def test_the_first_messages_are_decided_when_every_run_that_goes_on_has_a_decision(pool: Pool) -> None:
    decided, ended = await enrol(pool, at=now()), await enrol(pool, at=now())
    await end(pool, ended, "converted", at=now())
    started = now() - AN_HOUR
    waiting = asyncio.create_task(wait_for_first_decisions(pool, since=started, limit=timedelta(seconds=20)))
    await asyncio.wait((waiting,), timeout=1)
    assert not waiting.done()
    await decide(pool, decided, "drop", "missing_address", at=now())
    await asyncio.wait_for(waiting, 5)
