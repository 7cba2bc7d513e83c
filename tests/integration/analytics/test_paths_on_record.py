"""Paths in the database: a planted one is found among events that came in by the door."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from fermata.analytics.measurable import NothingToMeasure
from fermata.analytics.paths_on_record import count_paths
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=30)


async def test_a_planted_path_ranks_first_and_says_how_long_it_takes(pool: Pool) -> None:
    chance, payloads = Random(4), []  # noqa: S311 - the same people every time
    for who in range(400):
        doing = [chance.choice(["Product Viewed", "Products Searched", "Cart Viewed"]) for _ in range(4)]
        bought = any(pair == ("Products Searched", "Cart Viewed") for pair in pairwise(doing))
        for minute, name in enumerate([*doing, "Order Completed"] if bought or chance.random() < 0.1 else doing):
            at = BEGIN + timedelta(days=1, minutes=10 * minute)
            payloads.append(
                {
                    "type": "track",
                    "event": name,
                    "userId": f"p{who}",
                    "messageId": f"{who} {minute}",
                    "timestamp": at.isoformat(),
                }
            )
    await Ingest(pool, Registry({})).accept([parse(each, received_at=END) for each in payloads], (), END)
    count = await count_paths(pool, "Order Completed", BEGIN, END)
    best = next(path for path in count.paths() if len(path.steps) == 2)
    assert best.steps == ("Products Searched", "Cart Viewed")
    assert (best.rate, best.is_clear, count.people) == (1.0, True, 400)
    assert best.seconds is not None
    assert 600 * 0.95 <= best.seconds <= 3 * 600


async def test_an_empty_database_has_no_paths(pool: Pool) -> None:
    assert (await count_paths(pool, "Order Completed", BEGIN, END)).paths() == []


async def test_a_time_that_is_shorter_than_the_horizon_is_refused(pool: Pool) -> None:
    with pytest.raises(NothingToMeasure, match="nothing can be watched for 7 days"):
        await count_paths(pool, "Order Completed", BEGIN, BEGIN + timedelta(days=7))
