"""What Shopify's webhooks tell: carts, checkouts, orders, refunds and customers, under the standard names."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fermata.errors import InvalidEvent
from fermata.events.webhooks.delivery import Delivery
from fermata.events.webhooks.fields import read_as
from fermata.events.webhooks.shopify_bodies import (
    AnyBody,
    Cart,
    Customer,
    LineItem,
    MarketingConsent,
    Order,
    Refund,
    RefundedItem,
)
from fermata.events.webhooks.told import Person, Story, Told, present

_CONSENT = {"subscribed": "granted", "unsubscribed": "revoked", "redacted": "revoked"}
"""States of consent that are somebody's word; all others say that nobody asked, or nobody answered yet."""


def shopify(delivery: Delivery) -> Story:
    """Says what a webhook of Shopify tells.

    Args:
        delivery: Believed.

    Raises:
        InvalidEvent: It cannot be understood; names the field as Shopify does.
    """
    topic = delivery.header("x-shopify-topic")
    if topic is None:
        raise InvalidEvent("there is no header X-Shopify-Topic")
    body = delivery.to_object()
    tell = _TOPICS.get(topic)
    told = tell(body) if tell is not None else _unknown(topic, body)
    return Story(topic, delivery.header("x-shopify-webhook-id"), told)


def _ordered(body: Mapping[str, Any]) -> tuple[Told, ...]:
    order = read_as(Order, body)
    return (_of_order("Order Completed", order, order.processed_at or order.created_at),)


def _paid(body: Mapping[str, Any]) -> tuple[Told, ...]:
    order = read_as(Order, body)
    return (_of_order("Order Paid", order, order.updated_at),)


def _cancelled(body: Mapping[str, Any]) -> tuple[Told, ...]:
    order = read_as(Order, body)
    return (_of_order("Order Cancelled", order, order.cancelled_at or order.updated_at),)


def _of_order(event: str, order: Order, occurred_at: str | None) -> Told:
    properties = {
        "order_id": order.id,
        "order_number": order.name,
        "checkout_id": order.checkout_id,
        **_sums(order),
    }
    return Told(_person(order, {"shopify_order_id": order.id}), event, present(properties), occurred_at=occurred_at)


def _checkout(body: Mapping[str, Any]) -> tuple[Told, ...]:
    checkout = read_as(Order, body)
    properties = {"checkout_id": checkout.id, "checkout_url": checkout.abandoned_checkout_url, **_sums(checkout)}
    return (Told(_person(checkout, {}), "Checkout Started", present(properties), occurred_at=checkout.created_at),)


def _sums(order: Order) -> dict[str, Any]:
    shipping = order.total_shipping_price_set.shop_money if order.total_shipping_price_set is not None else None
    codes = [each.code for each in order.discount_codes or () if each.code is not None]
    return {
        "cart_id": order.cart_token,
        "currency": order.currency,
        "subtotal": order.subtotal_price,
        "revenue": order.subtotal_price,  # as the spec has it: with discounts, without shipping and taxes
        "total": order.total_price,
        "shipping": shipping.amount if shipping is not None else None,
        "tax": order.total_tax,
        "discount": order.total_discounts,
        "coupon": codes[0] if codes else None,
        "products": _products(order.line_items),
    }


def _cart_begun(body: Mapping[str, Any]) -> tuple[Told, ...]:
    """A cart begins when something is put into it."""
    cart = read_as(Cart, body)
    return tuple(
        Told(
            _owner(cart),
            "Product Added",
            {"cart_id": cart.token or cart.id, **_product(item)},
            occurred_at=cart.created_at,
            part=str(place),
        )
        for place, item in enumerate(cart.line_items or ())
    )


def _cart_changed(body: Mapping[str, Any]) -> tuple[Told, ...]:
    """Shopify says what is in a cart, not what was put in or taken out."""
    cart = read_as(Cart, body)
    event = "Cart Cleared" if cart.line_items == [] else "Cart Updated"
    properties = present({"cart_id": cart.token or cart.id, "products": _products(cart.line_items)})
    return (Told(_owner(cart), event, properties, occurred_at=cart.updated_at),)


def _owner(cart: Cart) -> Person:
    # Checkout and order name the cart beside their customer: by then it is known whose it was.
    return Person({"shopify_cart_token": cart.token or cart.id})


def _refunded(body: Mapping[str, Any]) -> tuple[Told, ...]:
    refund = read_as(Refund, body)
    paid = [each for each in refund.transactions or () if each.kind == "refund" and each.status == "success"]
    try:
        total = sum((Decimal(str(each.amount)) for each in paid), Decimal(0))
    except ArithmeticError:  # what the decimals of the standard library raise
        raise InvalidEvent("each must have an amount such as '41.94'", field="transactions") from None
    properties = {
        "order_id": refund.order_id,
        "refund_id": refund.id,
        "reason": refund.note,
        "currency": paid[0].currency if paid else None,
        "total": str(total) if paid else None,
        "products": [_given_back(each) for each in refund.refund_line_items or ()],
    }
    occurred_at = refund.processed_at or refund.created_at
    person = Person({"shopify_order_id": refund.order_id})
    return (Told(person, "Order Refunded", present(properties), occurred_at=occurred_at),)


def _given_back(refunded: RefundedItem) -> dict[str, Any]:
    product = _product(refunded.line_item) if refunded.line_item is not None else {}
    return {**product, **present({"quantity": refunded.quantity})}


def _customer(body: Mapping[str, Any]) -> tuple[Told, ...]:
    customer = read_as(Customer, body)
    address = customer.default_address
    where = {"city": address.city, "state": address.province_code, "country": address.country_code} if address else {}
    traits = {"first_name": customer.first_name, "last_name": customer.last_name, "address": present(where) or None}
    facts = Told(_known(customer), traits=present(traits), occurred_at=customer.updated_at)
    consents = (("email", customer.email_marketing_consent), ("sms", customer.sms_marketing_consent))
    return (facts, *(each for channel, said in consents for each in _consent(customer, channel, said)))


def _consent(customer: Customer, channel: str, said: MarketingConsent | None) -> Sequence[Told]:
    """A consent counts from when it was given: a change of the address years later does not renew it."""
    word = _CONSENT.get(said.state or "") if said is not None else None
    if said is None or word is None or said.consent_updated_at is None:
        return ()
    consent = {"consent": {channel: {"marketing": word}}}
    person = Person({"shopify_customer_id": customer.id})
    return (Told(person, traits=consent, occurred_at=said.consent_updated_at, part=f"{channel}_consent"),)


def _unknown(topic: str, body: Mapping[str, Any]) -> tuple[Told, ...]:
    known = read_as(AnyBody, body)
    own = {"shopify_order_id": known.order_id, "shopify_cart_token": known.cart_token}
    customer = known.customer or Customer()
    person = Person(
        {"shopify_customer_id": customer.id, **own}, known.email or customer.email, known.phone or customer.phone
    )
    return (Told(person, topic, body, occurred_at=known.updated_at or known.created_at),)


def _person(order: Order, own: Mapping[str, str | None]) -> Person:
    customer = order.customer or Customer()
    external = {"shopify_customer_id": customer.id, "shopify_cart_token": order.cart_token, **own}
    return Person(external, order.email or customer.email, order.phone or customer.phone)


def _known(customer: Customer) -> Person:
    return Person({"shopify_customer_id": customer.id}, customer.email, customer.phone)


def _products(items: Sequence[LineItem] | None) -> list[dict[str, Any]]:
    return [_product(item) for item in items or ()]


def _product(item: LineItem) -> dict[str, Any]:
    return present(
        {
            "product_id": item.product_id,
            "variant_id": item.variant_id,
            "sku": item.sku,
            "name": item.title,
            "variant": item.variant_title,
            "brand": item.vendor,
            "price": item.price,
            "quantity": item.quantity,
        }
    )


_TOPICS: Mapping[str, Callable[[Mapping[str, Any]], tuple[Told, ...]]] = {
    "orders/create": _ordered,
    "orders/paid": _paid,
    "orders/cancelled": _cancelled,
    "checkouts/create": _checkout,
    "carts/create": _cart_begun,
    "carts/update": _cart_changed,
    "customers/create": _customer,
    "customers/update": _customer,
    "refunds/create": _refunded,
}
