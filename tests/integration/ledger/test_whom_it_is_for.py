"""The gate asks again, at every decision: whom the message is for, and whom a holdout keeps it from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fermata.database import Pool, new_id, open_pool
from fermata.enrolment import end_runs
from fermata.journeys import GlobalHoldout, Message
from fermata.ledger import Attempt, Policies, Settled, begin_send, decide_and_reserve
from fermata.ledger.backtest import backtest
from fermata.ledger.decisions import read_decision
from fermata.segments import days, did, trait
from fermata.vocabulary import Action, Channel, DeliveryState, Purpose, Reason
from tests.people import NOON, Enrolled, enrol, store_event
from tests.policies import under

KEEN = did("Product Viewed", times=3, within=days(7)) & ~(trait("plan") == "free")
FREE = "version = 1\n"
ALMOST_ALL, ALMOST_NOBODY = GlobalHoldout(0.999_999, "a test"), GlobalHoldout(0.000_001, "a test")


@pytest.fixture
async def policies(pool: Pool) -> Policies:
    """Everything is allowed: these tests are about whom a message is for."""
    return await under(pool, FREE)


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody with an active run who may be reached."""
    return await enrol(pool)


def only_for_the_keen(person: Enrolled, **changes: Any) -> Attempt:
    attempt = person.attempt(**changes)
    return attempt.model_copy(update={"message": attempt.message.model_copy(update={"eligible": KEEN})})


def owed(person: Enrolled) -> Attempt:
    message = Message(key="receipt", channels=(Channel.EMAIL,), purpose=Purpose.TRANSACTIONAL)
    return person.attempt("receipt", message=message)


async def test_a_message_goes_to_those_it_is_for_and_to_nobody_else(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    for hours in (3, 2):
        await store_event(pool, ada.profile_id, "Product Viewed", NOON - timedelta(hours=hours))
    dropped = await decide_and_reserve(pool, policies, only_for_the_keen(ada), NOON)
    assert (dropped.action, dropped.reason) == (Action.DROP, Reason.ELIGIBILITY_FAILED)
    await store_event(pool, ada.profile_id, "Product Viewed", NOON)
    sent = await decide_and_reserve(pool, policies, only_for_the_keen(ada, visit=2), NOON)
    assert (sent.action, sent.reason) == (Action.SEND, Reason.ELIGIBLE)


async def test_nothing_goes_to_somebody_who_is_erased_not_even_what_they_are_owed(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    reserved = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    async with pool.acquire() as connection, connection.transaction():
        await end_runs(connection, ada.profile_id, Reason.PROFILE_ERASED, NOON)
    assert await begin_send(pool, reserved.id, NOON) == Settled(Channel.EMAIL, DeliveryState.RELEASED)
    dropped = await decide_and_reserve(pool, policies, owed(ada), NOON)
    assert (dropped.action, dropped.reason) == (Action.DROP, Reason.PROFILE_ERASED)


async def test_the_record_tells_part_for_part_why_and_can_be_decided_again(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    await store_event(pool, ada.profile_id, "Product Viewed", NOON)
    dropped = await decide_and_reserve(pool, policies, only_for_the_keen(ada), NOON)
    record = await read_decision(pool, dropped.id)
    assert record.facts is not None
    assert record.facts.eligibility is not None
    assert "no  did Product Viewed at least 3 times within 7 days: 1 of 3" in record.facts.eligibility.why
    assert 'yes  trait plan is not "free": plan is not set' in record.facts.eligibility.why
    assert [(entry.rule, entry.note) for entry in record.trace] == [("eligibility", record.facts.eligibility.why)]
    again = await backtest(pool, FREE, since=NOON, until=NOON + timedelta(seconds=1))
    assert (again.decisions, again.changed, again.unreadable) == (1, 0, 0)


async def test_only_a_message_that_is_for_some_costs_a_statement_more(
    database_url: str, policies: Policies, ada: Enrolled
) -> None:
    async with open_pool(database_url, most=1) as alone:
        await decide_and_reserve(alone, policies, ada.attempt("warm"), NOON)
        sent: list[str] = []
        async with alone.acquire() as connection:
            connection.add_query_logger(lambda told: None if "UNLISTEN" in told.query else sent.append(told.query))
        await decide_and_reserve(alone, policies, ada.attempt("plain"), NOON)
        plain = len(sent)
        assert not any("fact_0" in query for query in sent)
        await store_event(alone, ada.profile_id, "Sales Contacted", NOON)
        sent.clear()
        meant = ada.attempt("meant")
        message = meant.message.model_copy(update={"eligible": did("Sales Contacted")})
        await decide_and_reserve(alone, policies, meant.model_copy(update={"message": message}), NOON)
        assert sum("fact_0" in query for query in sent) == 1
        assert len(sent) - plain == 1


async def test_a_global_holdout_stops_the_marketing_of_a_run_that_is_under_way_and_not_what_is_owed(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    stopped = await decide_and_reserve(pool, policies, ada.attempt(), NOON, ALMOST_ALL)
    assert (stopped.action, stopped.reason) == (Action.DROP, Reason.HOLDOUT_GLOBAL)
    sent = await decide_and_reserve(pool, policies, owed(ada), NOON, ALMOST_ALL)
    assert sent.action is Action.SEND
    row = await pool.fetchrow("SELECT scope, salt, held_out, share, drawn_at FROM holdouts")
    assert tuple(row) == ("", "a test", True, ALMOST_ALL.share, NOON)


async def test_the_draw_at_the_gate_stands_whatever_the_share_is_later(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    sent = await decide_and_reserve(pool, policies, ada.attempt("one"), NOON, ALMOST_NOBODY)
    assert sent.action is Action.SEND
    sent = await decide_and_reserve(pool, policies, ada.attempt("two"), NOON, ALMOST_ALL)
    assert sent.action is Action.SEND
    redrawn = await decide_and_reserve(pool, policies, ada.attempt("three"), NOON, replace(ALMOST_ALL, salt="another"))
    assert redrawn.reason is Reason.HOLDOUT_GLOBAL


async def test_whoever_was_held_out_of_the_journey_is_not_reached_by_a_run_that_came_otherwise(
    pool: Pool, policies: Policies, ada: Enrolled
) -> None:
    # By a merge: the run was the other profile's, the draw this one's.
    await pool.execute(
        "INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)"
        " VALUES ($1, $2, 'fermata-holdout', true, 0.1, $3)",
        ada.profile_id,
        ada.journey,
        NOON,
    )
    stopped = await decide_and_reserve(pool, policies, ada.attempt(holdout=True), NOON)
    assert (stopped.action, stopped.reason) == (Action.DROP, Reason.HOLDOUT_JOURNEY)
    open_again = await decide_and_reserve(pool, policies, ada.attempt("later"), NOON)
    assert open_again.action is Action.SEND


@pytest.mark.parametrize(
    ("order", "reason"), [("A-1", Reason.GOAL_MET), ("A-2", Reason.ELIGIBLE), (None, Reason.GOAL_MET)]
)
async def test_a_goal_stops_the_messages_of_the_run_of_its_own_key_and_without_one_of_all(
    pool: Pool, policies: Policies, ada: Enrolled, order: str | None, reason: Reason
) -> None:
    await pool.execute('UPDATE events SET properties = \'{"order_id": "A-1"}\' WHERE id = $1', ada.trigger.id)
    properties = {"order_id": order} if order else {}
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES ($1, 'reviewed', 'track', 'Order Reviewed', $2, $3, $3, $4)",
        new_id(),
        ada.profile_id,
        NOON,
        properties,
    )
    asked = ada.attempt(goal="Order Reviewed", key="order_id")
    assert (await decide_and_reserve(pool, policies, asked, NOON)).reason is reason
