"""What Stripe's webhooks tell: invoices, subscriptions, refunds, checkouts and customers, under the standard names."""

from collections.abc import Callable, Mapping
from typing import Any

from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.fields import read_as
from fermata.events.webhooks.minor_units import from_minor
from fermata.events.webhooks.stripe_bodies import (
    AnyObject,
    Charge,
    CheckoutSession,
    Customer,
    Event,
    Invoice,
    Subscription,
    SubscriptionItem,
)
from fermata.events.webhooks.told import Person, Story, Told, from_unix, present


def stripe(delivery: Delivery) -> Story:
    """Says what a webhook of Stripe tells.

    Args:
        delivery: Believed.

    Raises:
        InvalidEvent: It cannot be understood; names the field as Stripe does.
    """
    event = read_as(Event, delivery.to_object())
    tell = _TYPES.get(event.type, _unknown)
    occurred_at = from_unix(event.created, path="created")
    return Story(event.type, event.id, (tell(event, occurred_at),))


def _invoice_paid(event: Event, at: str | None) -> Told:
    return _of_invoice("Invoice Paid", event, at)


def _invoice_failed(event: Event, at: str | None) -> Told:
    return _of_invoice("Invoice Payment Failed", event, at)


def _of_invoice(name: str, event: Event, at: str | None) -> Told:
    invoice = read_as(Invoice, event.data.object)
    parent = invoice.parent.subscription_details if invoice.parent is not None else None
    properties = {
        "invoice_id": invoice.id,
        "invoice_number": invoice.number,
        "subscription_id": invoice.subscription or (parent.subscription if parent is not None else None),
        "status": invoice.status,
        "reason": invoice.billing_reason,
        "currency": invoice.currency,
        "total": from_minor(invoice.total, invoice.currency),
        "amount_due": from_minor(invoice.amount_due, invoice.currency),
        "amount_paid": from_minor(invoice.amount_paid, invoice.currency),
        "amount_remaining": from_minor(invoice.amount_remaining, invoice.currency),
        "attempt_count": invoice.attempt_count,
        "next_attempt_at": from_unix(invoice.next_payment_attempt, path="data.object.next_payment_attempt"),
        "due_at": from_unix(invoice.due_date, path="data.object.due_date"),
        "invoice_url": invoice.hosted_invoice_url,
    }
    person = _person(invoice.customer, invoice.customer_email, invoice.customer_phone)
    return Told(person, name, present(properties), occurred_at=at)


def _subscribed(event: Event, at: str | None) -> Told:
    return _of_subscription("Subscription Started", event, at)


def _subscription_changed(event: Event, at: str | None) -> Told:
    return _of_subscription("Subscription Updated", event, at)


def _unsubscribed(event: Event, at: str | None) -> Told:
    return _of_subscription("Subscription Cancelled", event, at)


def _of_subscription(name: str, event: Event, at: str | None) -> Told:
    subscription = read_as(Subscription, event.data.object)
    items = (subscription.items.data if subscription.items is not None else None) or [SubscriptionItem()]
    ended = subscription.cancellation_details
    # A period ends with each item since API version 2025-03-31, and with the whole subscription before.
    period_end = subscription.current_period_end or items[0].current_period_end
    moments = {
        "started_at": subscription.start_date,
        "trial_ends_at": subscription.trial_end,
        "current_period_ends_at": period_end,
        "cancels_at": subscription.cancel_at or (period_end if subscription.cancel_at_period_end else None),
        "cancelled_at": subscription.canceled_at,
    }
    properties = {
        "subscription_id": subscription.id,
        "status": subscription.status,
        "previous_status": (event.data.previous_attributes or {}).get("status"),
        "reason": (ended.feedback or ended.reason) if ended is not None else None,
        **_plan(items[0], subscription.currency),
        **{key: from_unix(moment, path="data.object") for key, moment in moments.items()},
    }
    return Told(_person(subscription.customer), name, present(properties), occurred_at=at)


def _plan(item: SubscriptionItem, currency: str | None) -> dict[str, Any]:
    """The first item stands for the plan; what is beside it is extras."""
    price = item.price
    if price is None:
        return {"currency": currency, "quantity": item.quantity}
    return {
        "plan_id": price.id,
        "plan_name": price.nickname,
        "product_id": price.product,
        "currency": price.currency or currency,
        "price": from_minor(price.unit_amount, price.currency or currency),
        "quantity": item.quantity,
        "interval": price.recurring.interval if price.recurring is not None else None,
    }


def _refunded(event: Event, at: str | None) -> Told:
    charge = read_as(Charge, event.data.object)
    before = (event.data.previous_attributes or {}).get("amount_refunded")
    total = charge.amount_refunded
    if total is not None and isinstance(before, int):
        total -= before  # the charge says what all its refunds come to; this one is the difference
    properties = {
        "order_id": charge.payment_intent or charge.id,
        "currency": charge.currency,
        "total": from_minor(total, charge.currency),
    }
    contact = charge.billing_details
    email = contact.email if contact is not None and contact.email is not None else charge.receipt_email
    person = _person(charge.customer, email, contact.phone if contact is not None else None)
    return Told(person, "Order Refunded", present(properties), occurred_at=at)


def _checked_out(event: Event, at: str | None) -> Told:
    session = read_as(CheckoutSession, event.data.object)
    if session.mode == "setup" or session.payment_status == "unpaid":
        return _unknown(event, at)  # nothing is bought, or not yet: a bank may take days, and tells of it then
    parts = session.total_details
    sums = {
        "subtotal": session.amount_subtotal,
        "revenue": session.amount_subtotal,
        "total": session.amount_total,
        "discount": parts.amount_discount if parts is not None else None,
        "shipping": parts.amount_shipping if parts is not None else None,
        "tax": parts.amount_tax if parts is not None else None,
    }
    properties = {
        "order_id": session.payment_intent or session.id,
        "checkout_id": session.id,
        "currency": session.currency,
        **{name: from_minor(amount, session.currency) for name, amount in sums.items()},
    }
    contact = session.customer_details
    email = contact.email if contact is not None and contact.email is not None else session.customer_email
    person = _person(session.customer, email, contact.phone if contact is not None else None)
    return Told(person, "Order Completed", present(properties), occurred_at=at)


def _customer(event: Event, at: str | None) -> Told:
    customer = read_as(Customer, event.data.object)
    address = present(customer.address.model_dump()) if customer.address is not None else {}
    traits = {"name": customer.name, "address": address or None}
    return Told(_person(customer.id, customer.email, customer.phone), traits=present(traits), occurred_at=at)


def _unknown(event: Event, at: str | None) -> Told:
    known = read_as(AnyObject, event.data.object)
    customer = known.id if known.object == "customer" else known.customer
    person = _person(customer, known.customer_email or known.receipt_email)
    return Told(person, event.type, event.data.object, occurred_at=at)


def _person(customer: str | None, email: str | None = None, phone: str | None = None) -> Person:
    return Person({"stripe_customer_id": customer}, email, phone)


_TYPES: Mapping[str, Callable[[Event, str | None], Told]] = {
    "invoice.paid": _invoice_paid,
    "invoice.payment_failed": _invoice_failed,
    "customer.subscription.created": _subscribed,
    "customer.subscription.updated": _subscription_changed,
    "customer.subscription.deleted": _unsubscribed,
    "charge.refunded": _refunded,
    "checkout.session.completed": _checked_out,
    "checkout.session.async_payment_succeeded": _checked_out,
    "customer.created": _customer,
    "customer.updated": _customer,
}
