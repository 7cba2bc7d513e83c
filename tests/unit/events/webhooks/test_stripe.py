"""Stripe's webhooks become standard events, with amounts in the unit that people use."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.events.webhooks.minor_units import from_minor
from tests.unit.events.webhooks.deliveries import NOW, external_ids_of, refusal_of, the_event_of
from tests.unit.events.webhooks.samples import (
    STRIPE,
    STRIPE_CHARGE,
    STRIPE_INVOICE,
    STRIPE_SESSION,
    STRIPE_SUBSCRIPTION,
    stripe_event,
)
from tests.unit.events.webhooks.signing import Signed, stripe


def sent(kind: str, thing: dict[str, object], **previous: object) -> Signed:
    return stripe(stripe_event(kind, thing, **previous), at=NOW)


def test_a_failed_payment_says_what_is_owed_and_when_it_is_tried_again() -> None:
    event = the_event_of(sent("invoice.payment_failed", STRIPE_INVOICE))
    assert event.name == "Invoice Payment Failed"
    assert event.message_id == "billing:evt_1"
    assert event.occurred_at == datetime(2026, 3, 8, 6, 6, 40, tzinfo=UTC)
    assert event.properties == {
        "invoice_id": "in_1",
        "invoice_number": "F-0042",
        "subscription_id": "sub_7",
        "status": "open",
        "reason": "subscription_cycle",
        "currency": "USD",
        "total": 35.79,
        "amount_due": 35.79,
        "amount_paid": 0,
        "amount_remaining": 35.79,
        "attempt_count": 2,
        "next_attempt_at": "2026-03-10T08:00:00+00:00",
        "invoice_url": "https://invoice.example/in_1",
    }
    assert external_ids_of(event) == {"stripe_customer_id": "cus_9"}
    assert event.context["traits"] == {"email": "ada@example.com"}


def test_a_paid_invoice_of_an_older_api_names_its_subscription_too() -> None:
    older = {**STRIPE_INVOICE, "parent": None, "subscription": {"id": "sub_7", "object": "subscription"}}
    event = the_event_of(sent("invoice.paid", older))
    assert (event.name, event.properties["subscription_id"]) == ("Invoice Paid", "sub_7")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("customer.subscription.created", "Subscription Started"),
        ("customer.subscription.updated", "Subscription Updated"),
        ("customer.subscription.deleted", "Subscription Cancelled"),
    ],
)
def test_a_subscription_says_its_plan_and_its_dates(kind: str, name: str) -> None:
    event = the_event_of(sent(kind, STRIPE_SUBSCRIPTION, status="active"))
    assert event.name == name
    assert event.properties == {
        "subscription_id": "sub_7",
        "status": "past_due",
        "previous_status": "active",
        "reason": "too_expensive",
        "plan_id": "price_pro",
        "plan_name": "Pro",
        "product_id": "prod_1",
        "currency": "JPY",
        "price": 1200,
        "quantity": 3,
        "interval": "month",
        "started_at": "2026-01-01T00:00:00+00:00",
        "current_period_ends_at": "2026-04-01T00:00:00+00:00",
        "cancels_at": "2026-04-01T00:00:00+00:00",
        "cancelled_at": "2026-03-07T16:13:20+00:00",
    }
    assert external_ids_of(event) == {"stripe_customer_id": "cus_9"}


def test_each_refund_of_a_charge_counts_once() -> None:
    first = the_event_of(sent("charge.refunded", STRIPE_CHARGE, amount_refunded=0))
    second = the_event_of(sent("charge.refunded", {**STRIPE_CHARGE, "amount_refunded": 4550}, amount_refunded=3000))
    assert first.name == second.name == "Order Refunded"
    assert first.properties == {"order_id": "pi_3", "currency": "EUR", "total": 30}
    assert second.properties["total"] == 15.5
    assert first.context["traits"] == {"email": "ada@example.com", "phone": "+12125550100"}


def test_a_checkout_that_is_paid_is_an_order_under_the_id_of_its_refunds() -> None:
    event = the_event_of(sent("checkout.session.completed", STRIPE_SESSION))
    assert event.name == "Order Completed"
    assert event.properties == {
        "order_id": "pi_5",
        "checkout_id": "cs_5",
        "currency": "KWD",
        "subtotal": 12.5,
        "revenue": 12.5,
        "total": 12.34,
        "discount": 1,
        "shipping": 0.5,
        "tax": 0.34,
    }


@pytest.mark.parametrize("change", [{"payment_status": "unpaid"}, {"mode": "setup"}])
def test_a_checkout_in_which_nothing_is_paid_is_no_order(change: dict[str, str]) -> None:
    event = the_event_of(sent("checkout.session.completed", {**STRIPE_SESSION, **change}))
    assert event.name == "checkout.session.completed"
    later = the_event_of(sent("checkout.session.async_payment_succeeded", STRIPE_SESSION))
    assert later.name == "Order Completed"


def test_a_customer_is_what_is_known_of_them() -> None:
    event = the_event_of(sent("customer.updated", STRIPE["customer.updated"]))
    assert (event.kind, event.traits.email) == ("identify", "ada@example.com")
    assert event.traits.address is not None
    assert event.traits.address.country == "FR"
    assert event.other_traits == {"name": "Ada Park", "address": {"city": "Paris", "country": "FR"}}
    assert external_ids_of(event) == {"stripe_customer_id": "cus_9"}


def test_an_unknown_type_is_an_event_of_its_own_name() -> None:
    thing = STRIPE["customer.tax_id.created"]
    event = the_event_of(sent("customer.tax_id.created", thing))
    assert (event.name, event.properties) == ("customer.tax_id.created", thing)
    assert external_ids_of(event) == {"stripe_customer_id": "cus_9"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "invoice.paid"}, "data"),
        ({"data": {"object": {}}}, "type"),
        (stripe_event("invoice.paid", {**STRIPE_INVOICE, "total": "35.79"}), "total"),
        (stripe_event("invoice.paid", {**STRIPE_INVOICE, "total": True}), "total"),
        (stripe_event("invoice.paid", {**STRIPE_INVOICE, "currency": "xyz"}), "properties.currency"),
        ({**stripe_event("invoice.paid", STRIPE_INVOICE), "created": 10**15}, "created"),
        (stripe_event("balance.available", {"object": "balance"}), "userId"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(body: dict[str, object], field: str) -> None:
    assert refusal_of(stripe(body, at=NOW))[0] == field


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (3579, "usd", "35.79"),
        (5, "USD", "0.05"),
        (0, "eur", "0.00"),
        (-1050, "eur", "-10.50"),
        (3579, "jpy", "3579"),
        (3579, "krw", "3579"),
        (5120, "kwd", "5.120"),
        (500, "isk", "5.00"),
        (500, "ugx", "5.00"),
        (500, "huf", "5.00"),
        (None, "usd", None),
        (3579, None, None),
    ],
)
def test_minor_units_are_read_as_stripe_counts_them(
    minor: int | None, currency: str | None, amount: str | None
) -> None:
    assert from_minor(minor, currency) == amount


@given(minor=st.integers(min_value=-(10**15), max_value=10**15))
def test_no_digit_of_an_amount_is_lost(minor: int) -> None:
    for currency, decimals in (("usd", 2), ("jpy", 0), ("kwd", 3)):
        amount = from_minor(minor, currency)
        assert amount is not None
        whole, _, part = amount.partition(".")
        assert len(part) == decimals
        assert int(whole + part) == minor
