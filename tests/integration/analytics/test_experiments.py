"""Experiments in the database: who came into them by the door, and what each did in the time after."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fermata.analytics.experiments import (
    Question,
    global_lift,
    journey_lift,
    variant_lifts,
)
from fermata.analytics.lift import NoComparison
from fermata.analytics.measurable import NothingToMeasure
from fermata.database import Pool
from fermata.enrolment import expose
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import GlobalHoldout, JourneyDefinition, Registry, Trigger

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = BEGIN + timedelta(days=30)
EVERYBODY = GlobalHoldout(share=0.2, salt="spring")
REGISTRY = Registry({"cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed", holdout=0.5)})


def asked(**changes: Any) -> Question:
    values = {"event": "Order Completed", "since": BEGIN, "until": NOW, "within": timedelta(days=7), "now": NOW}
    return Question(**{**values, **changes})


async def tell(door: Ingest, people: range, event: str, at: datetime, properties: Mapping[str, Any]) -> None:
    said = {"type": "track", "event": event, "timestamp": at.isoformat(), "properties": dict(properties)}
    payloads = [{**said, "userId": f"p{n}", "messageId": f"{event} {n} {at}"} for n in people]
    await door.accept([parse(payload, received_at=at) for payload in payloads], (), at)


@pytest.fixture
async def shop(pool: Pool) -> Pool:
    """300 people leave carts behind; a third of them buy after two days, some of those again, others too late."""
    door = Ingest(pool, REGISTRY, holdout=EVERYBODY)
    await tell(door, range(300), "Product Added", BEGIN, {})
    await tell(door, range(100), "Order Completed", BEGIN + timedelta(days=2), {"revenue": 30, "currency": "EUR"})
    await tell(door, range(20), "Order Completed", BEGIN + timedelta(days=3), {"revenue": 12.5, "currency": "EUR"})
    await tell(door, range(100, 110), "Order Completed", BEGIN + timedelta(days=4), {"revenue": 99, "currency": "USD"})
    await tell(door, range(110, 200), "Order Completed", BEGIN + timedelta(days=7), {"revenue": 50, "currency": "EUR"})
    return pool


async def test_a_journey_is_compared_with_those_whom_its_own_holdout_kept_away(shop: Pool) -> None:
    found = await journey_lift(shop, "cart", asked(), 0.5)
    runs = await shop.fetch(
        """SELECT r.reason, i.value FROM journey_runs r JOIN identities i USING (profile_id)
           WHERE r.reason IS DISTINCT FROM 'holdout_global'"""
    )
    sides = {
        reason: [int(row["value"][1:]) for row in runs if row["reason"] == reason]
        for reason in (None, "holdout_journey")
    }
    for arm, numbers in ((found.lift.reached, sides[None]), (found.lift.held_out, sides["holdout_journey"])):
        assert (arm.people, arm.converted) == (len(numbers), sum(n < 110 for n in numbers))
        spent = [42.5 if n < 20 else 30 if n < 100 else 0 for n in numbers]
        assert (arm.revenue, arm.revenue_squared) == (sum(spent), sum(each**2 for each in spent))
    assert found.currency == "EUR"
    assert found.lift.imbalance is not None
    assert found.lift.reached.people + found.lift.held_out.people < 300  # the others are kept from everything


async def test_everything_is_compared_with_those_whom_no_marketing_reaches(shop: Pool) -> None:
    found = await global_lift(shop, asked(), EVERYBODY)
    assert found.lift.reached.people + found.lift.held_out.people == 300
    assert found.lift.reached.converted + found.lift.held_out.converted == 110
    assert not found.lift.is_unbalanced


async def test_variants_are_compared_with_one_of_them(shop: Pool) -> None:
    runs = await shop.fetch("SELECT id, profile_id FROM journey_runs WHERE state = 'active'")
    weights = {"plain": 1.0, "bold": 1.0, "loud": 1.0}
    for run in runs:
        await expose(shop, run["id"], run["profile_id"], "subject", weights, BEGIN)
    found = await variant_lifts(shop, "subject", asked(), "plain")
    assert [each.name for each in found] == ["subject: bold beside plain", "subject: loud beside plain"]
    assert {each.lift.held_out for each in found} == {found[0].lift.held_out}
    assert found[0].lift.held_out.people + sum(each.lift.reached.people for each in found) == len(runs)


async def test_whoever_has_not_been_watched_to_the_end_counts_on_neither_side(shop: Pool) -> None:
    await tell(Ingest(shop, REGISTRY), range(400, 500), "Product Added", NOW - timedelta(days=6), {})
    found = await journey_lift(shop, "cart", asked(), 0.5)
    assert found.lift.reached.people + found.lift.held_out.people < 300


async def test_an_empty_database_says_that_there_is_nobody(pool: Pool) -> None:
    with pytest.raises(NoComparison, match="nobody was reached"):
        await journey_lift(pool, "cart", asked(), 0.5)
    with pytest.raises(NothingToMeasure, match="has shown nothing in that time"):
        await variant_lifts(pool, "subject", asked(), "plain")


def test_times_that_are_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(NothingToMeasure, match="swap them"):
        asked(since=NOW, until=BEGIN)
    with pytest.raises(NothingToMeasure, match="has been watched"):
        asked(since=NOW - timedelta(days=1))
