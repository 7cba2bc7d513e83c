"""Walks in the database: the touches of each person before each conversion, as the door has stored them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fermata.analytics.attribution import Model
from fermata.analytics.measurable import NothingToMeasure
from fermata.analytics.walks import attribute
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def visit(who: str, day: float, source: str, medium: str) -> dict[str, Any]:
    campaign = {"name": "spring", "source": source, "medium": medium}
    return told(who, day, {"type": "page", "context": {"campaign": campaign}})


def order(who: str, day: float, revenue: float, currency: str = "EUR") -> dict[str, Any]:
    properties = {"revenue": revenue, "currency": currency}
    return told(who, day, {"type": "track", "event": "Order Completed", "properties": properties})


def told(who: str, day: float, what: dict[str, Any]) -> dict[str, Any]:
    at = BEGIN + timedelta(days=day)
    return {**what, "userId": who, "messageId": f"{who} {day} {what['type']}", "timestamp": at.isoformat()}


async def tell(pool: Pool, *payloads: dict[str, Any]) -> None:
    now = BEGIN + timedelta(days=60)
    await Ingest(pool, Registry({})).accept([parse(each, received_at=now) for each in payloads], (), now)


async def test_each_conversion_is_owed_to_the_touches_since_the_one_before(pool: Pool) -> None:
    await tell(
        pool,
        visit("ada", 1, "google", "cpc"),
        told("ada", 2, {"type": "track", "event": "Email Link Clicked"}),
        visit("ada", 2.001, "spring", "email"),  # the page that the mail led to
        order("ada", 3, 80),
        order("ada", 4, 20),  # nothing led to it since
        visit("ada", 5, "google", "cpc"),
        order("ada", 6, 10),
        order("bob", 6, 10),  # nothing is known of how he came
        visit("eve", 7, "facebook", "social"),
        visit("kim", -29, "google", "cpc"),
        order("kim", 3, 500),  # more than thirty days later
        visit("lea", 8, "google", "cpc"),
        order("lea", 9, 30, currency="USD"),
    )
    found, currency = await attribute(pool, "Order Completed", BEGIN, BEGIN + timedelta(days=30))
    assert (found.walks, found.conversions, currency) == (4, 3, "EUR")
    linear = found.credits(Model.LINEAR)
    assert {name: (each.conversions, each.value) for name, each in linear.items()} == {
        "paid_search": (2.5, 50.0),
        "email": (0.5, 40.0),
    }
    assert found.credits(Model.MARKOV)["paid_search"].conversions > found.credits(Model.MARKOV)["email"].conversions


async def test_what_ended_before_the_time_asked_about_counts_for_nothing(pool: Pool) -> None:
    await tell(pool, visit("ada", -3, "google", "cpc"), order("ada", -2, 80), visit("eve", -1, "google", "cpc"))
    found, currency = await attribute(pool, "Order Completed", BEGIN, BEGIN + timedelta(days=30))
    assert (found.walks, found.conversions, currency) == (0, 0, None)


async def test_times_that_are_the_wrong_way_round_are_refused(pool: Pool) -> None:
    with pytest.raises(NothingToMeasure, match="swap them"):
        await attribute(pool, "Order Completed", BEGIN, BEGIN)
