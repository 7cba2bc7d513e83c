"""When a slot frees before its time, those that wait for one are told, and the highest priority takes it."""

from datetime import timedelta

from fermata.database import Pool
from fermata.ledger import close_run, decide_and_reserve, give_back
from fermata.vocabulary import Action, Reason
from tests.people import NOON, Enrolled, enrol_again
from tests.people import enrol as enrol_first
from tests.policies import under

ONE_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 1, per = "1d" }]
when_capped = "defer"
"""


async def _three(pool: Pool) -> tuple[Enrolled, Enrolled, Enrolled]:
    ada = await enrol_first(pool)
    return ada, await enrol_again(pool, ada, "welcome"), await enrol_again(pool, ada, "promotion")


async def _told(pool: Pool) -> set[str]:
    rows = await pool.fetch(
        "SELECT journey FROM dispatches d JOIN journey_runs r ON r.id = d.run_id WHERE d.kind = 'reconsider'"
    )
    return {row["journey"] for row in rows}


async def test_a_refused_send_frees_its_slot_for_the_highest_priority_that_waits(pool: Pool) -> None:
    policies = await under(pool, ONE_A_DAY)
    first, high, low = await _three(pool)
    sent = await decide_and_reserve(pool, policies, first.attempt(), NOON)
    for run, priority in ((low, 10), (high, 90)):
        held = await decide_and_reserve(pool, policies, run.attempt(priority=priority), NOON)
        assert held.action is Action.DEFER
    later = NOON + timedelta(minutes=5)
    await give_back(pool, sent.id, later, Reason.PROVIDER_REJECTED, "no such mailbox")
    assert await _told(pool) == {"welcome", "promotion"}
    still = await decide_and_reserve(pool, policies, low.attempt(priority=10, visit=2), later)
    assert (still.action, still.reason) == (Action.DEFER, Reason.YIELDS_TO_PRIORITY)
    taken = await decide_and_reserve(pool, policies, high.attempt(priority=90, visit=2), later)
    assert taken.action is Action.SEND


async def test_a_run_that_ends_leaves_its_place_in_the_queue_to_those_that_yielded(pool: Pool) -> None:
    policies = await under(pool, ONE_A_DAY)
    first, high, low = await _three(pool)
    await decide_and_reserve(pool, policies, first.attempt(), NOON)
    await decide_and_reserve(pool, policies, high.attempt(priority=90), NOON)
    held = await decide_and_reserve(pool, policies, low.attempt(priority=10), NOON)
    assert held.next_eligible_at == NOON + timedelta(days=2), "it yielded the next slot"
    async with pool.acquire() as connection:
        await close_run(connection, high.run_id, "converted", "Order Completed", NOON)
    assert await _told(pool) == {"promotion"}
    again = await decide_and_reserve(pool, policies, low.attempt(priority=10, visit=2), NOON)
    assert again.next_eligible_at == NOON + timedelta(days=1)


async def test_a_run_that_held_nothing_wakes_nobody_when_it_ends(pool: Pool) -> None:
    policies = await under(pool, ONE_A_DAY)
    first, high, low = await _three(pool)
    await decide_and_reserve(pool, policies, first.attempt(), NOON)
    await decide_and_reserve(pool, policies, low.attempt(), NOON)
    async with pool.acquire() as connection:
        await close_run(connection, high.run_id, "exited", "Cart Cleared", NOON)
    assert await _told(pool) == set()


async def test_among_equals_the_earlier_deadline_goes_first_and_then_the_older_run(pool: Pool) -> None:
    policies = await under(pool, ONE_A_DAY)
    first, older, newer = await _three(pool)
    await decide_and_reserve(pool, policies, first.attempt(), NOON)
    slot, week = NOON + timedelta(days=1), NOON + timedelta(days=7)
    await decide_and_reserve(pool, policies, newer.attempt(), NOON)
    await decide_and_reserve(pool, policies, older.attempt(), NOON)
    waits = await decide_and_reserve(pool, policies, newer.attempt(visit=2), slot)
    assert (waits.action, waits.reason) == (Action.DEFER, Reason.YIELDS_TO_PRIORITY)
    urgent = await decide_and_reserve(pool, policies, newer.attempt("urgent", expires_at=week), slot)
    assert urgent.action is Action.SEND
    yields = await decide_and_reserve(pool, policies, older.attempt(visit=2), slot)
    assert yields.action is Action.DEFER
