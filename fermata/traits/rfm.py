"""Recency, frequency and monetary value of a customer, each as a fifth of all customers, and the segment's name."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fermata.segments.customer import RfmSegment, segment_of
from fermata.traits.money import Money
from fermata.traits.purchases import Purchases
from fermata.traits.quintiles import borders, quintile


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


def borders_of(customers: Collection[Purchases], at: datetime) -> RfmBorders:
    """Returns where the fifths of these customers lie.

    Args:
        customers: What each bought and kept; those who kept nothing are no customers.
        at: The instant that they were looked at.
    """
    buyers = [each for each in customers if each.orders]
    sums: dict[str, list[Decimal]] = {}
    for buyer in buyers:
        if buyer.main is not None:
            sums.setdefault(buyer.main.currency, []).append(buyer.main.amount)
    return RfmBorders(
        at=at,
        customers=len(buyers),
        last_order=borders([buyer.orders[-1].at for buyer in buyers]),
        orders=borders([len(buyer.orders) for buyer in buyers]),
        spent={currency: found for currency, values in sorted(sums.items()) if (found := borders(values))},
    )


def rfm(bought: Purchases, population: RfmBorders | None, at: datetime) -> Rfm | None:
    """Returns somebody's recency, frequency and monetary value; None for who bought and kept nothing.

    Args:
        bought: Theirs.
        population: The fifths of all customers, where they are known.
        at: The instant, aware.
    """
    last, main = bought.last_at, bought.main
    if last is None or main is None:
        return None
    value = Rfm(
        last_order_at=last,
        recency=at - last,
        frequency=len(bought.orders),
        monetary=bought.spent,
        main_currency=main.currency,
    )
    if population is None or not population.last_order:
        return value
    recency = quintile(last, population.last_order)
    frequency = quintile(len(bought.orders), population.orders)
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
