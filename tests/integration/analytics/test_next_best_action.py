"""The choice of what comes next, in the database: by propensity where a model tells it, once a step, by index."""

from datetime import timedelta

import pytest

from fermata.analytics.answers import NextActions, answer
from fermata.analytics.asked import NextActionsAsked
from fermata.analytics.experiments import Question, variant_lifts
from fermata.analytics.next_best_action import ActionAsked, Signal, choose_for, follow_merge
from fermata.database import Pool, Queries
from fermata.journeys import Chosen
from fermata.segments import did
from fermata.traits import ModelKind, Training
from fermata.traits.stored_models import keep
from fermata.traits.training_record import Coefficients, Sample
from tests.integration.ledger.test_plans import generic_plan, read_whole
from tests.people import NOON, Enrolled, enrol, store_event

QUERIES = {
    **Queries("fermata.analytics", "next_best_action.sql"),
    **Queries("fermata.analytics", "next_actions_on_record.sql"),
    **Queries("fermata.enrolment", "children.sql"),
}
MANY = """
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, 20000) n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT id, id, 'track', 'Product Added', id, now(), now() FROM profiles;
    INSERT INTO message_ids (message_id, event_id) SELECT message_id, id FROM events;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', now() FROM profiles;
    INSERT INTO next_best_actions (run_id, step, profile_id, journey, action, held_out, why, chosen_at)
        SELECT id, 'next', id, 'j' || (row_number() OVER () % 100), 'pay', false, 'so', now() FROM profiles;
    ANALYZE;
"""
DAY = timedelta(days=1)
ADDED = did("Product Added")
OFFER = Signal(key="offer", when=ADDED, propensity=(0, 0.5))
GUIDE = Signal(key="guide", when=ADDED)
AWAY = Signal(key="away", when=did("Never Happened"))


async def chosen(
    pool: Pool, person: Enrolled, *signals: Signal, step: str = "next_best_action", holdout: float = 0.0
) -> Chosen:
    asked = ActionAsked(
        profile_id=person.profile_id,
        asked_at=NOON,
        run_id=person.run_id,
        journey=person.journey,
        step=step,
        signals=signals,
        holdout=holdout,
    )
    return await choose_for(pool, asked, person.profile_id, NOON)


async def in_force(pool: Pool, intercept: float) -> None:
    """A model by which everybody has the same log-odds of buying."""
    sample = Sample(cut_off=NOON, until=NOON, people=1000, positives=100)
    training = Training(
        kind=ModelKind.PURCHASE_PROPENSITY,
        trained_at=NOON - timedelta(days=1),
        sample=sample,
        held_out=sample,
        coefficients=Coefficients(intercept=intercept, features=()),
        accepted=True,
        verdict="in force",
    )
    await keep(pool, training)


@pytest.mark.parametrize(
    ("intercept", "key", "propensity"),
    [(None, "offer", None), (-2.0, "offer", 0.12), (2.0, "guide", 0.88)],
    ids=["no model", "not likely to buy", "likely to buy anyway"],
)
async def test_an_action_for_whoever_needs_a_push_goes_to_them_first(
    pool: Pool, intercept: float | None, key: str, propensity: float | None
) -> None:
    ada = await enrol(pool)
    if intercept is not None:
        await in_force(pool, intercept)
    found = await chosen(pool, ada, AWAY, OFFER, GUIDE)
    assert found.key == key
    row = await pool.fetchrow("SELECT action, propensity, why, considered FROM next_best_actions")
    assert row is not None
    assert row["action"] == key
    assert row["propensity"] == (pytest.approx(propensity, abs=0.01) if propensity is not None else None)
    assert [(each["action"], each["holds"]) for each in row["considered"]] == [
        ("away", False),
        ("offer", True),
        ("guide", True),
    ]
    assert "1" in row["considered"][1]["seen"], "what was seen is on record"


async def test_the_same_step_has_the_same_answer_whatever_has_happened_since(pool: Pool) -> None:
    ada = await enrol(pool)
    first = await chosen(pool, ada, GUIDE)
    assert await chosen(pool, ada, AWAY) == first
    assert (await chosen(pool, ada, AWAY, step="next_best_action-2")).key is None


async def test_what_an_action_brings_is_measured_beside_those_whom_it_was_held_back_from(pool: Pool) -> None:
    found = {}
    for number in range(40):
        ada = await enrol(pool)
        choice = await chosen(pool, ada, GUIDE, holdout=0.5)
        found[ada.profile_id] = choice.held_out
        if number % 2 and not choice.held_out:
            await store_event(pool, ada.profile_id, "Order Completed", NOON + timedelta(days=1))
    question = Question("Order Completed", NOON, NOON + DAY, within=7 * DAY, now=NOON + 30 * DAY)
    [experiment] = await variant_lifts(pool, "cart_recovery.guide", question, "held_out")
    assert experiment.lift.held_out.people == sum(found.values())
    assert experiment.lift.reached.people == 40 - sum(found.values())
    assert experiment.lift.reached.converted > 0 == experiment.lift.held_out.converted

    await chosen(pool, await enrol(pool), AWAY)
    asked = NextActionsAsked(since=NOON, until=NOON + DAY, within=7 * DAY, now=NOON + 30 * DAY)
    told = await answer(pool, asked)
    assert isinstance(told, NextActions)
    guide, nothing = told.actions
    assert (guide.action, guide.times, guide.people, guide.held_out) == ("guide", 40, 40, sum(found.values()))
    assert guide.effect == experiment
    assert "Product Added" in guide.last_why
    assert (nothing.action, nothing.times, nothing.no_effect) == (None, 1, "nothing was chosen")
    too_early = await answer(pool, asked.model_copy(update={"now": NOON + DAY}))
    assert isinstance(too_early, NextActions)
    assert "has been watched" in (too_early.actions[0].no_effect or "")


async def test_what_was_chosen_follows_a_merge(pool: Pool) -> None:
    ada, visitor = await enrol(pool), await enrol(pool)
    await chosen(pool, visitor, GUIDE)
    async with pool.acquire() as connection:
        await follow_merge(connection, ada.profile_id, visitor.profile_id)
    assert await pool.fetchval("SELECT profile_id FROM next_best_actions") == ada.profile_id


async def test_everything_is_found_by_index_among_many(pool: Pool) -> None:
    await pool.execute(MANY)
    async with pool.acquire() as connection:
        whole = {name: read_whole(await generic_plan(connection, text)) for name, text in QUERIES.items()}
    assert not {name: tables for name, tables in whole.items() if tables}
