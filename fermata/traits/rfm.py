"""Recency, frequency and monetary value of a customer, each as a fifth of all customers, and the segment's name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fermata.segments.customer import RfmSegment, segment_of
from fermata.traits.money import Money
from fermata.traits.purchases import Purchases
from fermata.traits.quintiles import borders, quintile


@dataclass(frozen=True, slots=True)
class Customer:
    """One of the population, and no more of them than its fifths need.

    Args:
        last_order_at: When (aware).
        orders: How many stand.
        spent: What they come to, in the main currency.
    """

    last_order_at: datetime
    orders: int
    spent: Money


class RfmBorders(BaseModel):
    """Where the fifths of all customers lie at an instant.

    Args:
        at: The instant: nothing later is in it.
        customers: How many there are.
        last_order: Upper ends of the fifths of when the last order was. Instants, and not days: they stay right as
            time passes, for everybody grows older at one pace.
        orders: Of the number of orders.
        spent: Of the sum spent, by main currency, among the customers who have that one.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    customers: int
    last_order: tuple[datetime, ...]
    orders: tuple[int, ...]
    spent: dict[str, tuple[Decimal, ...]]


class Rfm(BaseModel):
    """A customer's recency, frequency and monetary value.

    Args:
        last_order_at: When (aware).
        recency: How long ago that was.
        frequency: Orders that stand.
        monetary: What they come to, a sum a currency.
        main_currency: The one that the fifth of the sum is taken in.
        recency_quintile, frequency_quintile, monetary_quintile: 5 is best: latest, most, dearest. None where too few
            customers are there to tell.
        segment: The name of the cell; None without fifths.
        customers, borders_at: The population that the fifths are of, and the instant when it was looked at.
    """

    model_config = ConfigDict(frozen=True)

    last_order_at: datetime
    recency: timedelta
    frequency: int
    monetary: tuple[Money, ...]
    main_currency: str
    recency_quintile: int | None = None
    frequency_quintile: int | None = None
    monetary_quintile: int | None = None
    segment: RfmSegment | None = None
    customers: int | None = None
    borders_at: datetime | None = None

    @property
    def days(self) -> float:
        """Recency in days."""
        return self.recency / timedelta(days=1)


def customer_of(bought: Purchases) -> Customer | None:
    """Returns somebody as the population looks at them; None for who kept nothing, and is no customer."""
    last, main = bought.last_at, bought.main
    return Customer(last, len(bought.orders), main) if last is not None and main is not None else None


def borders_of(customers: Collection[Customer], at: datetime) -> RfmBorders:
    """Returns where the fifths of all customers lie.

    Args:
        customers: All of them.
        at: The instant that they were looked at.
    """
    sums: dict[str, list[Decimal]] = {}
    for customer in customers:
        sums.setdefault(customer.spent.currency, []).append(customer.spent.amount)
    return RfmBorders(
        at=at,
        customers=len(customers),
        last_order=borders([customer.last_order_at for customer in customers]),
        orders=borders([customer.orders for customer in customers]),
        spent={currency: found for currency, values in sorted(sums.items()) if (found := borders(values))},
    )


def rfm(bought: Purchases, population: RfmBorders | None, at: datetime) -> Rfm | None:
    """Returns somebody's recency, frequency and monetary value; None for who bought and kept nothing.

    Args:
        bought: Theirs.
        population: The fifths of all customers, where they are known.
        at: The instant, aware.
    """
    customer = customer_of(bought)
    if customer is None:
        return None
    last, main = customer.last_order_at, customer.spent
    value = Rfm(
        last_order_at=last,
        recency=at - last,
        frequency=customer.orders,
        monetary=bought.spent,
        main_currency=main.currency,
    )
    if population is None or not population.last_order:
        return value
    recency = quintile(last, population.last_order)
    frequency = quintile(customer.orders, population.orders)
    ends = population.spent.get(main.currency, ())
    return value.model_copy(
        update={
            "recency_quintile": recency,
            "frequency_quintile": frequency,
            "monetary_quintile": quintile(main.amount, ends) if ends else None,
            "segment": segment_of(recency, frequency),
            "customers": population.customers,
            "borders_at": population.at,
        }
    )
