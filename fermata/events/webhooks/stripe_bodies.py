"""The objects in Stripe's webhooks: the fields that Fermata reads (https://docs.stripe.com/api)."""

from typing import Any

from pydantic import Field

from fermata.events.webhooks.fields import Identifier, Known, Reference, Text


class Data(Known):
    """What an event is about, and what it was before."""

    object: dict[str, Any]
    previous_attributes: dict[str, Any] | None = None


class Event(Known):
    """The envelope of every webhook."""

    id: Identifier = None
    type: str = Field(min_length=1, max_length=255)
    created: int | None = None
    data: Data


class Address(Known):
    """A postal address."""

    city: Text = None
    state: Text = None
    country: Text = None


class Contact(Known):
    """Whom a payment was made by: ``billing_details``, ``customer_details``."""

    email: Text = None
    phone: Text = None


class SubscriptionDetails(Known):
    """Within ``parent`` of an invoice."""

    subscription: Reference = None


class InvoiceParent(Known):
    """What an invoice was made for, since API version 2025-03-31."""

    subscription_details: SubscriptionDetails | None = None


class Invoice(Known):
    """An invoice."""

    id: Identifier = None
    number: Identifier = None
    customer: Reference = None
    customer_email: Text = None
    customer_phone: Text = None
    subscription: Reference = None
    parent: InvoiceParent | None = None
    status: Text = None
    billing_reason: Text = None
    currency: Text = None
    total: int | None = None
    amount_due: int | None = None
    amount_paid: int | None = None
    amount_remaining: int | None = None
    attempt_count: int | None = None
    next_payment_attempt: int | None = None
    due_date: int | None = None
    hosted_invoice_url: str | None = None


class Recurring(Known):
    """How often a price is due."""

    interval: Text = None


class Price(Known):
    """What one of something costs."""

    id: Identifier = None
    nickname: str | None = None
    product: Reference = None
    currency: Text = None
    unit_amount: int | None = None
    recurring: Recurring | None = None


class SubscriptionItem(Known):
    """So many of one price."""

    price: Price | None = None
    quantity: int | None = None
    current_period_end: int | None = None


class SubscriptionItems(Known):
    """The items of a subscription."""

    data: list[SubscriptionItem] | None = None


class Cancellation(Known):
    """Why a subscription ended."""

    reason: Text = None
    feedback: Text = None


class Subscription(Known):
    """A subscription."""

    id: Identifier = None
    customer: Reference = None
    status: Text = None
    currency: Text = None
    items: SubscriptionItems | None = None
    start_date: int | None = None
    trial_end: int | None = None
    current_period_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool | None = None
    canceled_at: int | None = None
    cancellation_details: Cancellation | None = None


class Charge(Known):
    """A payment, of which something was given back."""

    id: Identifier = None
    customer: Reference = None
    payment_intent: Reference = None
    billing_details: Contact | None = None
    receipt_email: Text = None
    currency: Text = None
    amount_refunded: int | None = None


class TotalDetails(Known):
    """What a total is made of."""

    amount_discount: int | None = None
    amount_shipping: int | None = None
    amount_tax: int | None = None


class CheckoutSession(Known):
    """A checkout on Stripe's page."""

    id: Identifier = None
    mode: Text = None
    payment_status: Text = None
    customer: Reference = None
    customer_email: Text = None
    customer_details: Contact | None = None
    payment_intent: Reference = None
    currency: Text = None
    amount_subtotal: int | None = None
    amount_total: int | None = None
    total_details: TotalDetails | None = None


class Customer(Known):
    """A customer."""

    id: Identifier = None
    email: Text = None
    phone: Text = None
    name: Text = None
    address: Address | None = None


class AnyObject(Known):
    """Of any event: where it usually says whom it is about."""

    id: Identifier = None
    object: Text = None
    customer: Reference = None
    customer_email: Text = None
    receipt_email: Text = None
