"""Shopify's webhooks become standard events of the right person, at the right time, with exact sums."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.events.webhooks.deliveries import events_of, external_ids_of, refusal_of, the_event_of
from tests.unit.events.webhooks.samples import SHOPIFY, SHOPIFY_CART, SHOPIFY_CUSTOMER, SHOPIFY_ITEM, SHOPIFY_ORDER
from tests.unit.events.webhooks.signing import shopify

SHOES = {
    "product_id": "632910392",
    "variant_id": "808950810",
    "sku": "RUN-42",
    "name": "Running shoes",
    "variant": "42",
    "brand": "Swift",
    "price": 199,
    "quantity": 1,
}


def test_an_order_is_the_event_that_journeys_have_for_their_goal() -> None:
    event = the_event_of(shopify("orders/create", SHOPIFY_ORDER))
    assert event.name == "Order Completed"
    assert event.occurred_at == datetime(2026, 3, 8, 5, 59, tzinfo=UTC)
    assert event.message_id == "shopify:b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"
    assert event.context["webhook"] == {"source": "shopify", "topic": "orders/create"}
    assert event.properties == {
        "order_id": "820982911946154508",
        "order_number": "#9999",
        "checkout_id": "901414060",
        "cart_id": "eeafa272cebfd4b22385bc4b645e762c",
        "currency": "USD",
        "subtotal": 388,
        "revenue": 388,
        "total": 403,
        "shipping": 10,
        "tax": 5,
        "discount": 10,
        "coupon": "SPRING",
        "products": [
            SHOES,
            {**{name: value for name, value in SHOES.items() if name != "sku"}, "product_id": "788032119674292922"}
            | {"quantity": 2},
        ],
    }


def test_an_order_names_its_person_in_every_way_that_it_knows() -> None:
    event = the_event_of(shopify("orders/create", SHOPIFY_ORDER))
    assert external_ids_of(event) == {
        "shopify_customer_id": "115310627314723954",
        "shopify_cart_token": "eeafa272cebfd4b22385bc4b645e762c",
        "shopify_order_id": "820982911946154508",
    }
    assert event.context["traits"] == {"email": "ada@example.com", "phone": "+12125550100"}


@pytest.mark.parametrize(
    ("topic", "name", "at"),
    [
        ("orders/paid", "Order Paid", datetime(2026, 3, 8, 6, 5, tzinfo=UTC)),
        ("orders/cancelled", "Order Cancelled", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ],
)
def test_what_becomes_of_an_order_has_a_name_and_a_time_of_its_own(topic: str, name: str, at: datetime) -> None:
    event = the_event_of(shopify(topic, SHOPIFY[topic]))
    assert (event.name, event.occurred_at) == (name, at)
    assert event.properties["order_id"] == "820982911946154508"


def test_a_checkout_says_where_it_can_be_taken_up_again() -> None:
    event = the_event_of(shopify("checkouts/create", SHOPIFY["checkouts/create"]))
    assert event.name == "Checkout Started"
    assert event.properties["checkout_url"] == "https://shop.example/checkouts/ac/recover"
    assert event.properties["products"] == [SHOES]
    assert external_ids_of(event) == {"shopify_cart_token": "eeafa272cebfd4b22385bc4b645e762c"}


def test_a_cart_that_begins_is_each_thing_that_was_put_into_it() -> None:
    cart = {**SHOPIFY_CART, "line_items": [SHOPIFY_ITEM, {**SHOPIFY_ITEM, "sku": "SOCKS"}]}
    shoes, socks = events_of(shopify("carts/create", cart))
    assert (shoes.name, shoes.properties) == ("Product Added", {"cart_id": SHOPIFY_CART["token"], **SHOES})
    assert socks.properties["sku"] == "SOCKS"
    assert shoes.message_id != socks.message_id
    assert external_ids_of(shoes) == {"shopify_cart_token": SHOPIFY_CART["token"]}
    assert events_of(shopify("carts/create", {**SHOPIFY_CART, "line_items": []})) == ()


def test_a_cart_that_changed_is_what_is_in_it_now_and_an_empty_one_is_cleared() -> None:
    changed = the_event_of(shopify("carts/update", SHOPIFY_CART))
    assert (changed.name, changed.properties["products"]) == ("Cart Updated", [SHOES])
    assert the_event_of(shopify("carts/update", {**SHOPIFY_CART, "line_items": []})).name == "Cart Cleared"


def test_a_refund_is_what_was_paid_back_for_an_order() -> None:
    event = the_event_of(shopify("refunds/create", SHOPIFY["refunds/create"]))
    assert event.name == "Order Refunded"
    assert event.properties == {
        "order_id": "820982911946154508",
        "refund_id": "890088186047892319",
        "reason": "Too small",
        "currency": "USD",
        "total": 199,
        "products": [SHOES],
    }
    assert external_ids_of(event) == {"shopify_order_id": "820982911946154508"}


def test_a_customer_is_what_is_known_of_them_and_their_consent_is_as_old_as_it_is() -> None:
    facts, consent = events_of(shopify("customers/update", SHOPIFY_CUSTOMER))
    assert facts.kind == "identify"
    assert (facts.traits.email, facts.traits.phone) == ("ada@example.com", "+12125550100")
    assert facts.traits.address is not None
    assert (facts.traits.address.country, facts.traits.address.state) == ("US", "NY")
    assert facts.other_traits["first_name"] == "Ada"
    assert facts.traits.consent is None
    assert facts.occurred_at == datetime(2026, 3, 8, 6, tzinfo=UTC)
    assert consent.traits.consent == {"email": {"marketing": "granted"}}
    assert consent.occurred_at == datetime(2025, 6, 1, 10, tzinfo=UTC)
    assert external_ids_of(consent) == {"shopify_customer_id": "115310627314723954"}


@pytest.mark.parametrize(
    ("state", "at", "consent"),
    [
        ("unsubscribed", "2026-01-01T00:00:00Z", {"sms": {"marketing": "revoked"}}),
        ("pending", "2026-01-01T00:00:00Z", None),
        ("subscribed", None, None),  # from when it counts is not known, so it might undo a later word
    ],
)
def test_only_somebodys_dated_word_is_a_consent(state: str, at: str | None, consent: dict[str, Any] | None) -> None:
    customer = {
        **SHOPIFY_CUSTOMER,
        "email_marketing_consent": None,
        "sms_marketing_consent": {"state": state, "consent_updated_at": at},
    }
    _, *consents = events_of(shopify("customers/update", customer))
    assert [each.traits.consent for each in consents] == ([consent] if consent is not None else [])


def test_what_a_customer_record_leaves_empty_takes_nothing_away() -> None:
    bare = {"id": 7, "email": None, "phone": "", "default_address": None, "updated_at": "2026-03-08T06:00:00Z"}
    event = the_event_of(shopify("customers/create", bare))
    assert event.traits.model_fields_set == set()


def test_an_unknown_topic_is_an_event_of_its_own_name() -> None:
    body = SHOPIFY["fulfillments/create"]
    event = the_event_of(shopify("fulfillments/create", body))
    assert (event.name, event.properties) == ("fulfillments/create", body)
    assert external_ids_of(event) == {"shopify_order_id": "820982911946154508"}
    assert event.context["traits"] == {"email": "ada@example.com"}


@pytest.mark.parametrize(
    ("topic", "body", "field", "said"),
    [
        ("orders/create", {**SHOPIFY_ORDER, "customer": "ada"}, "customer", "must be an object"),
        ("orders/create", {**SHOPIFY_ORDER, "line_items": [{"product_id": []}]}, "line_items.0.product_id", "text"),
        ("orders/create", {**SHOPIFY_ORDER, "total_price": "a lot"}, "properties.total", "must be a number"),
        ("orders/create", {**SHOPIFY_ORDER, "processed_at": "yesterday"}, "timestamp", "ISO 8601"),
        ("products/update", {"id": 1, "title": "Shoes"}, "userId", "event_no_identity"),
        ("refunds/create", {"transactions": [{"kind": "refund", "status": "success"}]}, "transactions", "amount"),
        ("orders/create", [SHOPIFY_ORDER], "", "must be a JSON object"),
        ("orders/create", b"<order/>", "", "not JSON"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_kept(topic: str, body: object, field: str, said: str) -> None:
    refused, reason = refusal_of(shopify(topic, body))
    assert refused == field
    assert said in reason
