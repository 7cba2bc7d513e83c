"""The ledger under real concurrency: caps that cannot be exceeded, decisions that cannot be made twice."""

import asyncio
from datetime import timedelta

import pytest

from fermata.database import Pool
from fermata.ledger import (
    Failure,
    Order,
    Policies,
    Settled,
    begin_send,
    close_run,
    decide_and_reserve,
    give_back,
    hold,
    settle_sent,
)
from fermata.policy import parse_policy
from fermata.vocabulary import Action, Channel, DeliveryState, Reason
from tests.people import NOON, enrol, store_event
from tests.policies import under

TWO_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
when_capped = "defer"
"""


@pytest.fixture
async def two_a_day(pool: Pool) -> Policies:
    """Two emails a day at any hour: the policy in force, unless a test puts another there."""
    return await under(pool, TWO_A_DAY)


async def _reservations(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM reservations WHERE state NOT IN ('released', 'failed')"))


async def test_200_simultaneous_decisions_under_a_cap_of_two_reserve_exactly_two_slots(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    attempts = [ada.attempt(f"step-{number}") for number in range(200)]
    decisions = await asyncio.gather(*(decide_and_reserve(pool, two_a_day, each, NOON) for each in attempts))
    assert [each.action for each in decisions].count(Action.SEND) == 2
    assert {each.reason for each in decisions if each.action is not Action.SEND} <= {
        Reason.FREQUENCY_CAPPED,
        Reason.YIELDS_TO_PRIORITY,
    }
    assert await _reservations(pool) == 2
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 200


async def test_the_same_dedupe_key_50_times_at_once_is_one_decision(pool: Pool, two_a_day: Policies) -> None:
    ada = await enrol(pool)
    decisions = await asyncio.gather(*(decide_and_reserve(pool, two_a_day, ada.attempt(), NOON) for _ in range(50)))
    assert len({each.id for each in decisions}) == 1
    assert await pool.fetchval("SELECT count(*) FROM decisions") == 1
    assert await _reservations(pool) == 1


async def test_a_retried_attempt_gets_its_first_answer_even_under_another_policy(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    first = await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    closed = await under(pool, 'version = 1\n[channels.email]\nwindow = "never"\n')
    again = await decide_and_reserve(pool, closed, ada.attempt(), NOON + timedelta(hours=3))
    assert again == first


async def test_a_slot_is_free_again_exactly_24_hours_after_the_exposure(pool: Pool, two_a_day: Policies) -> None:
    ada = await enrol(pool)
    for step in ("first", "second"):
        await decide_and_reserve(pool, two_a_day, ada.attempt(step), NOON)
    third = await decide_and_reserve(pool, two_a_day, ada.attempt("third"), NOON + timedelta(hours=1))
    assert third.action is Action.DEFER
    assert third.next_eligible_at == NOON + timedelta(days=1)
    again = ada.attempt("third", visit=2)
    assert (await decide_and_reserve(pool, two_a_day, again, NOON + timedelta(days=1))).action is Action.SEND


async def test_a_permanent_failure_gives_the_slot_back_and_moves_on_to_the_next_channel(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    attempt = ada.attempt(channels=("email", "push"))
    first = await decide_and_reserve(pool, two_a_day, attempt, NOON)
    assert first.channel is Channel.EMAIL
    await give_back(pool, first.id, NOON, Reason.PROVIDER_REJECTED, "no such mailbox")
    assert await _reservations(pool) == 0
    failure = Failure(decision_id=first.id, channel=Channel.EMAIL, reason=Reason.PROVIDER_REJECTED)
    second = await decide_and_reserve(
        pool, two_a_day, ada.attempt(channels=("email", "push"), visit=2, failures=(failure,)), NOON
    )
    assert (second.action, second.channel) == (Action.SEND, Channel.PUSH)
    third = failure.model_copy(update={"decision_id": second.id, "channel": Channel.PUSH})
    last = await decide_and_reserve(
        pool, two_a_day, ada.attempt(channels=("email", "push"), visit=3, failures=(failure, third)), NOON
    )
    assert (last.action, last.reason) == (Action.DROP, Reason.PROVIDER_REJECTED)
    assert await _reservations(pool) == 0


async def test_a_send_goes_from_reserved_over_sending_to_sent_and_only_once(pool: Pool, two_a_day: Policies) -> None:
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    order = await begin_send(pool, decision.id, NOON)
    assert isinstance(order, Order)
    assert (order.channel, order.address, order.begun_before) == (Channel.EMAIL, "ada@example.com", False)
    again = await begin_send(pool, decision.id, NOON)
    assert isinstance(again, Order)
    assert again.begun_before
    assert again.dedupe_key == order.dedupe_key
    await settle_sent(pool, decision.id, NOON + timedelta(seconds=2), provider="smtp", provider_message_id="m1")
    assert await begin_send(pool, decision.id, NOON) == Settled(Channel.EMAIL, DeliveryState.SENT)
    assert await pool.fetchval("SELECT exposed_at FROM reservations") == NOON + timedelta(seconds=2)


async def test_of_many_that_begin_one_send_at_once_one_is_first_and_its_provider_stays(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    begun = await asyncio.gather(*(begin_send(pool, decision.id, NOON, provider=f"p{n}") for n in range(12)))
    orders = [each for each in begun if isinstance(each, Order)]
    (first,) = (order for order in orders if not order.begun_before)
    assert {order.provider for order in orders} == {first.provider}
    row = await pool.fetchrow("SELECT attempts, provider, state FROM reservations")
    assert tuple(row) == (12, first.provider, "sending")


async def test_what_its_provider_held_up_too_long_is_given_back_and_decided_again(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    late = await begin_send(pool, decision.id, NOON + timedelta(minutes=11))
    assert late == Settled(Channel.EMAIL, DeliveryState.RELEASED)
    assert await _reservations(pool) == 0


async def test_an_attempt_that_speaks_late_cannot_bring_a_released_slot_back(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await begin_send(pool, decision.id, NOON + timedelta(minutes=11))
    for certain in (True, False):
        await hold(pool, decision.id, NOON + timedelta(minutes=12), certain=certain, detail="busy")
    assert await _reservations(pool) == 0
    assert await pool.fetchval("SELECT state FROM reservations") == "released"


async def test_a_refusal_that_comes_after_the_yes_takes_nothing_back(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await settle_sent(pool, decision.id, NOON, provider="smtp", provider_message_id="m1")
    await give_back(pool, decision.id, NOON, Reason.PROVIDER_REJECTED, "too late")
    assert await pool.fetchval("SELECT state FROM reservations") == "sent"


async def test_a_yes_that_comes_after_the_slot_was_given_back_counts_all_the_same(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await begin_send(pool, decision.id, NOON + timedelta(minutes=11))
    await settle_sent(pool, decision.id, NOON + timedelta(minutes=12), provider="smtp", provider_message_id="m1")
    assert tuple(await pool.fetchrow("SELECT state, detail FROM reservations")) == (
        "sent",
        "sent after its slot was given back",
    )


async def test_what_was_begun_long_ago_and_never_ended_keeps_its_slot_as_unknown(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    await begin_send(pool, decision.id, NOON)
    late = await begin_send(pool, decision.id, NOON + timedelta(minutes=11))
    assert late == Settled(Channel.EMAIL, DeliveryState.UNKNOWN)
    assert await _reservations(pool) == 1


async def test_a_goal_that_is_stored_but_not_yet_signalled_drops_the_message(pool: Pool, two_a_day: Policies) -> None:
    ada = await enrol(pool)
    await store_event(pool, ada.profile_id, "Order Completed", NOON + timedelta(minutes=1))
    decision = await decide_and_reserve(pool, two_a_day, ada.attempt(goal="Order Completed"), NOON)
    assert (decision.action, decision.reason) == (Action.DROP, Reason.GOAL_MET)


async def test_closing_a_run_gives_back_what_was_not_begun_and_empties_its_queue(
    pool: Pool, two_a_day: Policies
) -> None:
    ada = await enrol(pool)
    await decide_and_reserve(pool, two_a_day, ada.attempt("one"), NOON)
    sent = await decide_and_reserve(pool, two_a_day, ada.attempt("two"), NOON)
    await begin_send(pool, sent.id, NOON)
    held = await decide_and_reserve(pool, two_a_day, ada.attempt("three"), NOON)
    assert held.action is Action.DEFER
    assert await pool.fetchval("SELECT count(*) FROM deferrals") == 1
    async with pool.acquire() as connection:
        await close_run(connection, ada.run_id, "converted", "Order Completed", NOON)
    assert await pool.fetchval("SELECT count(*) FROM deferrals") == 0
    assert await _reservations(pool) == 1
    late = await decide_and_reserve(pool, two_a_day, ada.attempt("four"), NOON)
    assert (late.action, late.reason) == (Action.DROP, Reason.JOURNEY_STOPPED)


async def test_a_deferral_stands_in_the_queue_until_it_is_decided_again(pool: Pool) -> None:
    ada = await enrol(pool)
    evening = await under(pool, 'version = 1\n[channels.email]\nwindow = "18:00-20:00"\n')
    held = await decide_and_reserve(pool, evening, ada.attempt(), NOON)
    row = await pool.fetchrow("SELECT message, channel, reason, next_eligible_at FROM deferrals")
    assert tuple(row) == ("hello", "email", "outside_window", NOON + timedelta(hours=6))
    assert held.local_time == "Wed 18:00 Europe/London"
    await decide_and_reserve(pool, evening, ada.attempt(visit=2), NOON + timedelta(hours=6))
    assert await pool.fetchval("SELECT count(*) FROM deferrals") == 0


async def test_a_decision_keeps_the_facts_and_the_trace_it_was_made_on(pool: Pool, two_a_day: Policies) -> None:
    ada = await enrol(pool)
    await decide_and_reserve(pool, two_a_day, ada.attempt(), NOON)
    row = await pool.fetchrow("SELECT facts, trace, policy FROM decisions")
    assert row["facts"]["profile"]["timezone"] == "Europe/London"
    assert row["trace"]
    assert row["policy"] == parse_policy(TWO_A_DAY).version
