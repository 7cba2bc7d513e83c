"""Key figures of a small shop that is known to the last order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from fermata.analytics.kpis import read_kpis
from fermata.analytics.measurable import NothingToMeasure
from fermata.database import Pool, new_id
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Registry, Trigger
from tests.people import enrol

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 7, 1, tzinfo=UTC)

_DECISION = """
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, decided_at, policy)
VALUES ($1, $2, $3, $4, 'cart', 'm', 's', 1, 'marketing', 50, 'send', 'eligible', 'email', $5, 'p')
"""
_RESERVATION = """
INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at,
                          updated_at)
VALUES ($1, $2, 'email', 'marketing', 50, 'sent', $3, $3, $3)
"""
_WORD = """
INSERT INTO feedback (id, source, source_id, kind, occurred_at, received_at, decision_id, machine)
VALUES ($1, 't', $2, $3, $4, $4, $5, $6)
"""


def told(who: str, at: datetime, event: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": event,
        "userId": who,
        "messageId": f"{who} {event} {at}",
        "timestamp": at.isoformat(),
        "properties": properties,
    }


async def tell(pool: Pool, *payloads: dict[str, Any]) -> None:
    registry = Registry({"cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")})
    await Ingest(pool, registry).accept([parse(each, received_at=END) for each in payloads], (), END)


async def test_satisfaction_recommendation_and_cohorts_are_counted_from_events(pool: Pool) -> None:
    ratings = ["good", "good", "bad", "5", "2", "no idea"]
    scores = [10, 9, 8, 3, 0, 11, 7.5]
    orders = {"ada": [1, 2, 4], "bob": [1], "eve": [2, 3]}
    await tell(
        pool,
        *(
            told(f"r{n}", BEGIN + timedelta(days=n), "Support Ticket Rated", rating=each)
            for n, each in enumerate(ratings)
        ),
        *(
            told(f"s{n}", BEGIN + timedelta(days=n), "Recommendation Rated", score=each)
            for n, each in enumerate(scores)
        ),
        *(
            told(who, datetime(2026, month, 10, tzinfo=UTC), "Order Completed", revenue=10, currency="EUR")
            for who, months in orders.items()
            for month in months
        ),
    )
    found = await read_kpis(pool, BEGIN, END)
    assert (found.satisfied.part, found.satisfied.whole, found.satisfied.value) == (3, 5, 0.6)
    assert found.satisfied.low is not None
    assert found.satisfied.low == pytest.approx(0.2307, abs=0.0005)  # Wilson's, of 3 in 5
    assert (found.recommend, found.recommendations) == (0.0, 5)
    assert [(each.month, each.people, dict(each.again)) for each in found.cohorts] == [
        (date(2026, 1, 1), 2, {1: 1, 3: 1}),
        (date(2026, 2, 1), 1, {1: 1}),
    ]
    assert found.lifetime_value is None
    assert found.no_lifetime_value is not None
    assert "2 customers came back" in found.no_lifetime_value


async def test_lifetime_value_is_read_from_orders(pool: Pool) -> None:
    chance, payloads = np.random.default_rng(2), []
    for who in range(300):
        first = BEGIN + timedelta(days=float(chance.uniform(0, 60)))
        rate, worth = chance.gamma(2, 0.01), chance.gamma(4, 10)
        at = first
        while at < END:
            payloads.append(
                told(
                    f"c{who}",
                    at,
                    "Order Completed",
                    revenue=round(float(worth * chance.uniform(0.5, 1.5)), 2),
                    currency="EUR",
                )
            )
            if chance.random() < 0.25:
                break
            at += timedelta(days=float(chance.exponential(1 / rate)))
    await tell(pool, *payloads)
    found = (await read_kpis(pool, BEGIN, END)).lifetime_value
    assert found is not None
    assert (found.customers, found.currency) == (300, "EUR")
    assert 0 < found.alive < 300
    assert found.value_ahead is not None
    assert found.value_ahead / found.orders_ahead == pytest.approx(40, rel=0.5)


async def test_messages_by_channel_tell_people_from_programs(pool: Pool) -> None:
    ada = await enrol(pool, at=BEGIN)
    for number, words in enumerate([["delivered", "opened", "clicked"], ["delivered", "machine"], ["bounced"], []]):
        decision = new_id()
        await pool.execute(_DECISION, decision, str(number), ada.profile_id, ada.run_id, BEGIN + timedelta(days=number))
        await pool.execute(_RESERVATION, decision, ada.profile_id, BEGIN)
        for word in words:
            kind, is_machine = ("opened", True) if word == "machine" else (word, False)
            await pool.execute(_WORD, new_id(), f"{number}{word}", kind, BEGIN, decision, is_machine)
    found = await read_kpis(pool, BEGIN, END)
    (email,) = found.messages
    assert (email.channel, email.sent) == ("email", 4)
    parts = {
        name: getattr(email, name).part for name in ("delivered", "opened", "opened_by_machine", "clicked", "bounced")
    }
    assert parts == {"delivered": 2, "opened": 1, "opened_by_machine": 1, "clicked": 1, "bounced": 1}
    assert (found.next_action.part, found.next_action.whole) == (0, 4)


async def test_an_empty_database_has_figures_of_nothing(pool: Pool) -> None:
    found = await read_kpis(pool, BEGIN, END)
    assert (found.journeys, found.messages, found.cohorts, found.recommend) == ({}, [], [], None)
    assert (found.satisfied.value, found.next_action.value, found.next_action_seconds) == (None, None, None)
    with pytest.raises(NothingToMeasure, match="swap them"):
        await read_kpis(pool, END, BEGIN)
