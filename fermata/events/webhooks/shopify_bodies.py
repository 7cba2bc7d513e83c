"""The bodies of Shopify's webhooks: the fields that Fermata reads (https://shopify.dev/docs/api/webhooks)."""

from fermata.events.webhooks.fields import Amount, Identifier, Known, Text


class Address(Known):
    """A postal address."""

    city: Text = None
    province_code: Text = None
    country_code: Text = None


class MarketingConsent(Known):
    """``email_marketing_consent``, ``sms_marketing_consent``."""

    state: Text = None
    consent_updated_at: Text = None


class Customer(Known):
    """A customer, alone or within an order."""

    id: Identifier = None
    email: Text = None
    phone: Text = None
    first_name: Text = None
    last_name: Text = None
    updated_at: Text = None
    default_address: Address | None = None
    email_marketing_consent: MarketingConsent | None = None
    sms_marketing_consent: MarketingConsent | None = None


class LineItem(Known):
    """So many of one thing."""

    product_id: Identifier = None
    variant_id: Identifier = None
    sku: Identifier = None
    title: str | None = None
    variant_title: str | None = None
    vendor: str | None = None
    price: Amount = None
    quantity: Amount = None


class Money(Known):
    """An amount with its currency."""

    amount: Amount = None


class MoneySet(Known):
    """An amount in the shop's currency and in the customer's."""

    shop_money: Money | None = None


class DiscountCode(Known):
    """A code that was entered."""

    code: Text = None


class Order(Known):
    """An order or a checkout: they have most fields in common."""

    id: Identifier = None
    name: Identifier = None
    token: Identifier = None
    cart_token: Identifier = None
    checkout_id: Identifier = None
    email: Text = None
    phone: Text = None
    customer: Customer | None = None
    currency: Text = None
    subtotal_price: Amount = None
    total_price: Amount = None
    total_tax: Amount = None
    total_discounts: Amount = None
    total_shipping_price_set: MoneySet | None = None
    discount_codes: list[DiscountCode] | None = None
    line_items: list[LineItem] | None = None
    abandoned_checkout_url: str | None = None
    created_at: Text = None
    processed_at: Text = None
    updated_at: Text = None
    cancelled_at: Text = None


class Cart(Known):
    """A cart. It says of nobody whose it is."""

    token: Identifier = None
    id: Identifier = None
    line_items: list[LineItem] | None = None
    created_at: Text = None
    updated_at: Text = None


class Transaction(Known):
    """Money on its way back."""

    kind: Text = None
    status: Text = None
    amount: Amount = None
    currency: Text = None


class RefundedItem(Known):
    """A line item that was given back, as a whole or in part."""

    quantity: Amount = None
    line_item: LineItem | None = None


class Refund(Known):
    """A refund. It says whose order it was by the order only."""

    id: Identifier = None
    order_id: Identifier = None
    note: str | None = None
    created_at: Text = None
    processed_at: Text = None
    transactions: list[Transaction] | None = None
    refund_line_items: list[RefundedItem] | None = None


class AnyBody(Known):
    """Of any topic: where it usually says whom it is about."""

    customer: Customer | None = None
    order_id: Identifier = None
    cart_token: Identifier = None
    email: Text = None
    phone: Text = None
    updated_at: Text = None
    created_at: Text = None
