"""The handful of numbers that the models look at, made of one person's record: the same to train and to score."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p

from fermata.traits.facts import PersonFacts
from fermata.traits.money import Money

LONGEST = timedelta(days=365)
"""To the models nothing is longer ago: who never ordered is as who ordered a year ago."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Feature:
    """One of the numbers.

    Args:
        name: As it is stored with a model's coefficients.
        value: Of somebody at an instant, before its logarithm is taken; never negative.
        words: What the number says, for people.
    """

    name: str
    value: Callable[[PersonFacts, datetime], float]
    words: Callable[[PersonFacts, datetime], str]


def _days(since: datetime | None, at: datetime) -> float:
    return min(max(at - since, timedelta(0)), LONGEST) / _DAY if since is not None else LONGEST / _DAY


def _ago(what: str, since: datetime | None, at: datetime, never: str) -> str:
    return f"{what} {_counted(int(max(at - since, timedelta(0)) / _DAY), 'day')} ago" if since is not None else never


def _mean_order(facts: PersonFacts) -> Money | None:
    main = facts.purchases.main
    if main is None:
        return None
    number = sum(order.currency == main.currency for order in facts.purchases.orders)
    return Money(currency=main.currency, amount=main.amount / number)


def _worth(facts: PersonFacts) -> float:
    mean = _mean_order(facts)
    return float(mean.amount) if mean is not None else 0.0


def _worth_words(facts: PersonFacts) -> str:
    mean = _mean_order(facts)
    return f"{mean} an order" if mean is not None else "nothing spent"


def _reactions(facts: PersonFacts) -> int:
    return sum(reaction.recent for reaction in facts.reactions)


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


FEATURES = (
    Feature(
        "days_since_order",
        lambda facts, at: _days(facts.purchases.last_at, at),
        lambda facts, at: _ago("the last order", facts.purchases.last_at, at, "no order yet"),
    ),
    Feature(
        "orders",
        lambda facts, at: len(facts.purchases.orders),
        lambda facts, at: _counted(len(facts.purchases.orders), "order"),
    ),
    # What an order is worth, and not their sum: the sum follows their number, and the two would share one influence.
    Feature("order_value", lambda facts, at: _worth(facts), lambda facts, at: _worth_words(facts)),
    Feature(
        "days_since_visit",
        lambda facts, at: _days(facts.visits.last_seen_at, at),
        lambda facts, at: _ago("the last visit", facts.visits.last_seen_at, at, "no visit yet"),
    ),
    Feature(
        "recent_visits",
        lambda facts, at: facts.visits.recent,
        lambda facts, at: f"{_counted(facts.visits.recent, 'visit')} in 30 days",
    ),
    Feature(
        "recent_reactions",
        lambda facts, at: _reactions(facts),
        lambda facts, at: f"{_counted(_reactions(facts), 'reaction')} to messages in 30 days",
    ),
    Feature(
        "tenure",
        lambda facts, at: _days(facts.visits.first_seen_at or at, at),
        lambda facts, at: _ago("first seen", facts.visits.first_seen_at, at, "never seen"),
    ),
)
"""Recency, frequency and monetary value (of an order); visits, engagement and tenure.

Each is taken as log(1 + value): the tenth order says less than the second.
"""

NAMES = tuple(feature.name for feature in FEATURES)


def features_of(facts: PersonFacts, at: datetime) -> tuple[float, ...]:
    """Returns somebody's numbers, in the order of ``FEATURES``.

    Args:
        facts: Read up to ``at`` and no further.
        at: The instant, aware.
    """
    return tuple(log1p(feature.value(facts, at)) for feature in FEATURES)
