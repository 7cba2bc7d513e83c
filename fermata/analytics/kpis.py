"""Key figures on record: conversion, what became of messages, satisfaction, retention, and what customers are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from fermata.analytics.lifetime_value import Customer, TooLittleData, fit_purchasing, fit_spending
from fermata.analytics.measurable import LONGEST, check_order
from fermata.analytics.order_value import STATED_SQL, currency_of
from fermata.analytics.proportions import ALPHA
from fermata.database import Connection, Pool, Queries
from fermata.events.message_events import NO_VISIT
from fermata.segments.json_sql import number_sql

_QUERIES = Queries("fermata.analytics", "kpis.sql")
_CUSTOMERS = _QUERIES["customers"].replace("VALUE", STATED_SQL)
_RECOMMENDATIONS = _QUERIES["recommendations"].replace("SCORE", number_sql("(e.properties -> 'score')"))
_AHEAD = 52.0  # weeks


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its interval of 95 % (Wilson's).

    Args:
        part, whole: Counted.
        value: The share; None of nothing.
        low, high: The interval.
    """

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Messages:
    """What became of the messages of one channel.

    Args:
        channel: Its name.
        sent: How many.
        delivered, opened, clicked, unsubscribed, complained, bounced: As far as the provider tells.
        opened_by_machine: That only a program opened: nobody knows whether a person did.
    """

    channel: str
    sent: int
    delivered: Share
    opened: Share
    opened_by_machine: Share
    clicked: Share
    unsubscribed: Share
    complained: Share
    bounced: Share


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who first ordered in one month.

    Args:
        month: Its first day.
        people: How many.
        again: How many ordered in which month after it; 1 is the next one.
    """

    month: date
    people: int
    again: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """What customers are worth, by BG/NBD and Gamma-Gamma.

    Args:
        customers: Who ordered.
        came_back: How many of them more than once.
        alive: How many of them are likely still customers.
        orders_ahead: To expect of a customer in the next 52 weeks, on average.
        value_ahead: In the currency; None where the orders name no sums that fit.
        currency: The one that most orders name.
    """

    customers: int
    came_back: int
    alive: float
    orders_ahead: float
    value_ahead: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Kpis:
    """The key figures of a time.

    Args:
        since, until: The time.
        journeys: Of each journey, the share of runs that reached their goal; those still active are not yet counted.
        messages: By channel.
        next_action: After how many messages their person did something within a week.
        next_action_seconds: The median time to that.
        satisfied: Of the ratings of solved tickets, the good ones (CSAT): "good", 4 and 5.
        recommend: Net promoter score, -100 to 100, of the property ``score`` of "Recommendation Rated"; None without.
        recommendations: On how many answers it rests.
        cohorts: By the month of the first order.
        lifetime_value: None where too few customers came back.
        no_lifetime_value: Why there is none.
    """

    since: datetime
    until: datetime
    journeys: Mapping[str, Share]
    messages: Sequence[Messages]
    next_action: Share
    next_action_seconds: float | None
    satisfied: Share
    recommend: float | None
    recommendations: int
    cohorts: Sequence[Cohort]
    lifetime_value: LifetimeValue | None
    no_lifetime_value: str | None


async def read_kpis(pool: Pool, since: datetime, until: datetime, *, purchase: str = "Order Completed") -> Kpis:
    """Reads the key figures.

    Args:
        pool: Where from.
        since, until: Of which time; until is exclusive.
        purchase: The event that is an order.

    Raises:
        NothingToMeasure: The times are the wrong way round.
    """
    check_order(since, until)
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        journeys = await connection.fetch(_QUERIES["journeys"], since, until, timeout=LONGEST)
        messages = await connection.fetch(_QUERIES["messages"], since, until, timeout=LONGEST)
        following = await connection.fetchrow(_QUERIES["next_action"], since, until, sorted(NO_VISIT), timeout=LONGEST)
        rated = await connection.fetchrow(_QUERIES["ratings"], since, until, timeout=LONGEST)
        recommended = await connection.fetchrow(_RECOMMENDATIONS, since, until, timeout=LONGEST)
        cohorts = await _cohorts(connection, since, until, purchase)
        worth, why_not = await _lifetime_value(connection, since, until, purchase)
    return Kpis(
        since=since,
        until=until,
        journeys={row["journey"]: share(row["converted"], row["runs"] - row["active"]) for row in journeys},
        messages=[_messages(row) for row in messages],
        next_action=share(following["followed"], following["sent"]),
        next_action_seconds=following["median"],
        satisfied=share(rated["satisfied"], rated["answers"]),
        recommend=_net_promoters(recommended),
        recommendations=recommended["answers"],
        cohorts=cohorts,
        lifetime_value=worth,
        no_lifetime_value=why_not,
    )


def share(part: int, whole: int) -> Share:
    """A part of a whole, with Wilson's interval.

    Args:
        part, whole: Counted.
    """
    if not whole:
        return Share(part, whole, None, None, None)
    low, high = proportion_confint(part, whole, alpha=ALPHA, method="wilson")
    return Share(part, whole, part / whole, float(low), float(high))


def _messages(row: Mapping[str, int]) -> Messages:
    told = ("delivered", "opened", "opened_by_machine", "clicked", "unsubscribed", "complained", "bounced")
    return Messages(
        channel=str(row["channel"]), sent=row["sent"], **{name: share(row[name], row["sent"]) for name in told}
    )


def _net_promoters(row: Mapping[str, int]) -> float | None:
    return 100 * (row["promoters"] - row["detractors"]) / row["answers"] if row["answers"] else None


async def _cohorts(connection: Connection, since: datetime, until: datetime, purchase: str) -> list[Cohort]:
    found: dict[date, dict[int, int]] = {}
    for row in await connection.fetch(_QUERIES["cohorts"], since, until, purchase, timeout=LONGEST):
        found.setdefault(row["cohort"], {})[row["months_later"]] = row["people"]
    return [Cohort(month, again.pop(0), again) for month, again in found.items()]


async def _lifetime_value(
    connection: Connection, since: datetime, until: datetime, purchase: str
) -> tuple[LifetimeValue | None, str | None]:
    currency = await currency_of(connection, purchase, since, until)
    rows = await connection.fetch(_CUSTOMERS, since, until, purchase, currency, timeout=LONGEST)
    customers = [Customer(row["repeats"], row["recency"], row["age"], row["mean_value"]) for row in rows]
    try:
        purchasing = fit_purchasing(customers)
        known = np.array([(each.repeats, each.recency, each.age) for each in customers]).T
        ahead = purchasing.purchases(_AHEAD, *known)
    except TooLittleData as error:
        return None, str(error)
    try:
        spending = fit_spending(customers)
        value = float((ahead * spending.mean_value(known[0], [each.mean_value for each in customers])).mean())
    except TooLittleData:
        value = None
    worth = LifetimeValue(
        customers=len(customers),
        came_back=sum(each.repeats > 0 for each in customers),
        alive=float(purchasing.is_alive(*known).sum()),
        orders_ahead=float(ahead.mean()),
        value_ahead=value,
        currency=currency,
    )
    return worth, None
