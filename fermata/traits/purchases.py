"""What somebody bought and kept: orders by their number, with updates, refunds and cancellations taken into account.

An order counts once, however many events tell of it. One that was cancelled or wholly refunded counts nowhere. The
result is the same in whatever order the events came in.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from fermata.traits.happened import ORDER_COMPLETED, ORDER_REFUNDED, ORDER_UPDATED, Happened
from fermata.traits.money import Money, stated_currency, stated_sum


@dataclass(frozen=True, slots=True)
class Order:
    """An order that stands.

    Args:
        at: When it was completed (aware).
        currency: ISO 4217; "" where the senders name none.
        kept: What was paid and not refunded.
    """

    at: datetime
    currency: str
    kept: Decimal


@dataclass(frozen=True, slots=True)
class Purchases:
    """All that somebody bought and kept.

    Args:
        orders: In the order in which they were completed.
        spent: What they come to, a sum a currency, in the order of the currencies' codes.
    """

    orders: tuple[Order, ...] = ()
    spent: tuple[Money, ...] = ()

    @property
    def last_at(self) -> datetime | None:
        """When the last order was completed."""
        return self.orders[-1].at if self.orders else None

    @property
    def main(self) -> Money | None:
        """The sum in the currency of most orders; of as many, that of the latest order, then the first by its code."""
        number = Counter(order.currency for order in self.orders)
        latest = {order.currency: order.at for order in self.orders}
        return max(self.spent, key=lambda each: (number[each.currency], latest[each.currency]), default=None)


@dataclass(slots=True)
class _Order:
    """What is known of one order number so far."""

    completed_at: datetime | None = None
    currency: str = ""
    amount: Decimal = Decimal()
    refunded: Decimal = field(default_factory=Decimal)
    is_undone: bool = False


def purchases(events: Iterable[Happened]) -> Purchases:
    """Returns what somebody bought and kept.

    Args:
        events: Theirs, of the names in ``ORDER_EVENTS``, in any order.
    """
    known: defaultdict[str, _Order] = defaultdict(_Order)
    refunds_of_no_order: defaultdict[str, Decimal] = defaultdict(Decimal)
    for event in sorted(events, key=_chronology):
        number = _number(event)
        if event.name == ORDER_REFUNDED and number is None:
            refunds_of_no_order[stated_currency(event.properties)] += stated_sum(event.properties) or Decimal()
        else:
            # Without a number each purchase is an order of its own; what happened to it later cannot be told.
            _tell(known[number if number is not None else f"event {event.id}"], event)
    orders = sorted(filter(None, map(_standing, known.values())), key=lambda each: (each.at, each.currency, each.kept))
    return Purchases(tuple(orders), _sums(orders, refunds_of_no_order))


def _chronology(event: Happened) -> tuple[datetime, str, Decimal, str]:
    # Of one instant by what they say, never by which came in first: of two sums the greater is the later one.
    amount = stated_sum(event.properties)
    return (event.at, event.name, amount if amount is not None else Decimal(-1), stated_currency(event.properties))


def _number(event: Happened) -> str | None:
    number = event.properties.get("order_id")
    return str(number) if number not in (None, "") else None


def _tell(order: _Order, event: Happened) -> None:
    amount, currency = stated_sum(event.properties), stated_currency(event.properties)
    if event.name in (ORDER_COMPLETED, ORDER_UPDATED):
        if event.name == ORDER_COMPLETED and order.completed_at is None:
            order.completed_at = event.at
        order.amount = amount if amount is not None else order.amount
        order.currency = currency or order.currency
    elif event.name == ORDER_REFUNDED and amount is not None:
        order.refunded += amount
    else:
        order.is_undone = True  # cancelled; or refunded with no sum, which is the spec's way to say all of it


def _standing(order: _Order) -> Order | None:
    kept = order.amount - order.refunded
    if order.completed_at is None or order.is_undone or (order.refunded and kept <= 0):
        return None
    return Order(order.completed_at, order.currency, kept)


def _sums(orders: Iterable[Order], refunds: defaultdict[str, Decimal]) -> tuple[Money, ...]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        sums[order.currency] += order.kept
    return tuple(
        Money(currency=currency, amount=max(amount - refunds[currency], Decimal()))
        for currency, amount in sorted(sums.items())
    )
