"""Bodies as Shopify, Stripe and Zendesk write them, by their public documentation."""

from typing import Any

SHOPIFY_ITEM: dict[str, Any] = {
    "id": 866550311766439020,
    "product_id": 632910392,
    "variant_id": 808950810,
    "sku": "RUN-42",
    "title": "Running shoes",
    "variant_title": "42",
    "vendor": "Swift",
    "price": "199.00",
    "quantity": 1,
    "taxable": True,
}
SHOPIFY_CUSTOMER: dict[str, Any] = {
    "id": 115310627314723954,
    "email": "ada@example.com",
    "phone": "+12125550100",
    "first_name": "Ada",
    "last_name": "Park",
    "state": "enabled",
    "created_at": "2024-01-02T08:59:11-05:00",
    "updated_at": "2026-03-08T01:00:00-05:00",
    "default_address": {"city": "New York", "province_code": "NY", "country_code": "US", "zip": "10001"},
    "email_marketing_consent": {
        "state": "subscribed",
        "opt_in_level": "single_opt_in",
        "consent_updated_at": "2025-06-01T10:00:00Z",
    },
    "sms_marketing_consent": {"state": "not_subscribed", "consent_updated_at": None},
}
SHOPIFY_ORDER: dict[str, Any] = {
    "id": 820982911946154508,
    "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    "name": "#9999",
    "cart_token": "eeafa272cebfd4b22385bc4b645e762c",
    "checkout_id": 901414060,
    "email": "ada@example.com",
    "phone": None,
    "currency": "USD",
    "subtotal_price": "388.00",
    "total_price": "403.00",
    "total_tax": "5.00",
    "total_discounts": "10.00",
    "total_shipping_price_set": {"shop_money": {"amount": "10.00", "currency_code": "USD"}},
    "discount_codes": [{"code": "SPRING", "amount": "10.00", "type": "fixed_amount"}],
    "financial_status": "paid",
    "created_at": "2026-03-08T01:00:00-05:00",
    "processed_at": "2026-03-08T00:59:00-05:00",
    "updated_at": "2026-03-08T01:05:00-05:00",
    "cancelled_at": None,
    "customer": SHOPIFY_CUSTOMER,
    "line_items": [SHOPIFY_ITEM, {**SHOPIFY_ITEM, "product_id": 788032119674292922, "sku": None, "quantity": 2}],
}
SHOPIFY_CHECKOUT: dict[str, Any] = {
    "id": 901414060,
    "token": "bd5a8aa1ecd019dd3520ff791ee3a24c",
    "cart_token": "eeafa272cebfd4b22385bc4b645e762c",
    "email": "ada@example.com",
    "abandoned_checkout_url": "https://shop.example/checkouts/ac/recover",
    "currency": "EUR",
    "subtotal_price": "199.00",
    "total_price": "199.00",
    "created_at": "2026-03-08T01:00:00-05:00",
    "line_items": [SHOPIFY_ITEM],
}
SHOPIFY_CART: dict[str, Any] = {
    "id": "eeafa272cebfd4b22385bc4b645e762c",
    "token": "eeafa272cebfd4b22385bc4b645e762c",
    "note": None,
    "created_at": "2026-03-08T06:00:00.000Z",
    "updated_at": "2026-03-08T06:10:00.000Z",
    "line_items": [SHOPIFY_ITEM],
}
SHOPIFY_REFUND: dict[str, Any] = {
    "id": 890088186047892319,
    "order_id": 820982911946154508,
    "note": "Too small",
    "created_at": "2026-03-09T10:00:00-04:00",
    "processed_at": "2026-03-09T10:00:00-04:00",
    "refund_line_items": [{"quantity": 1, "line_item": {**SHOPIFY_ITEM, "quantity": 2}, "subtotal": 199.0}],
    "transactions": [
        {"id": 1, "kind": "refund", "status": "success", "amount": "150.50", "currency": "USD"},
        {"id": 2, "kind": "refund", "status": "success", "amount": "48.50", "currency": "USD"},
        {"id": 3, "kind": "refund", "status": "failure", "amount": "999.00", "currency": "USD"},
    ],
}
SHOPIFY: dict[str, dict[str, Any]] = {
    "orders/create": SHOPIFY_ORDER,
    "orders/paid": SHOPIFY_ORDER,
    "orders/cancelled": {**SHOPIFY_ORDER, "cancelled_at": "2026-03-08T02:00:00-05:00"},
    "checkouts/create": SHOPIFY_CHECKOUT,
    "carts/create": SHOPIFY_CART,
    "carts/update": SHOPIFY_CART,
    "customers/create": SHOPIFY_CUSTOMER,
    "customers/update": SHOPIFY_CUSTOMER,
    "refunds/create": SHOPIFY_REFUND,
    "fulfillments/create": {"id": 1, "order_id": 820982911946154508, "email": "ada@example.com", "status": "success"},
}
"""By topic."""

STRIPE_INVOICE: dict[str, Any] = {
    "id": "in_1",
    "object": "invoice",
    "number": "F-0042",
    "customer": "cus_9",
    "customer_email": "ada@example.com",
    "customer_phone": None,
    "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_7"}},
    "status": "open",
    "billing_reason": "subscription_cycle",
    "currency": "usd",
    "total": 3579,
    "amount_due": 3579,
    "amount_paid": 0,
    "amount_remaining": 3579,
    "attempt_count": 2,
    "next_payment_attempt": 1773129600,
    "due_date": None,
    "hosted_invoice_url": "https://invoice.example/in_1",
}
STRIPE_SUBSCRIPTION: dict[str, Any] = {
    "id": "sub_7",
    "object": "subscription",
    "customer": "cus_9",
    "status": "past_due",
    "currency": "jpy",
    "start_date": 1767225600,
    "trial_end": None,
    "cancel_at": None,
    "cancel_at_period_end": True,
    "canceled_at": 1772900000,
    "cancellation_details": {"reason": "cancellation_requested", "feedback": "too_expensive", "comment": None},
    "items": {
        "object": "list",
        "data": [
            {
                "current_period_end": 1775001600,
                "quantity": 3,
                "price": {
                    "id": "price_pro",
                    "nickname": "Pro",
                    "product": "prod_1",
                    "currency": "jpy",
                    "unit_amount": 1200,
                    "recurring": {"interval": "month", "interval_count": 1},
                },
            }
        ],
    },
}
STRIPE_CHARGE: dict[str, Any] = {
    "id": "ch_3",
    "object": "charge",
    "customer": None,
    "payment_intent": "pi_3",
    "currency": "eur",
    "amount": 10000,
    "amount_refunded": 3000,
    "billing_details": {"email": "ada@example.com", "phone": "+12125550100", "name": "Ada", "address": {}},
    "receipt_email": None,
}
STRIPE_SESSION: dict[str, Any] = {
    "id": "cs_5",
    "object": "checkout.session",
    "mode": "payment",
    "payment_status": "paid",
    "customer": "cus_9",
    "customer_email": None,
    "customer_details": {"email": "ada@example.com", "phone": None, "name": "Ada"},
    "payment_intent": "pi_5",
    "currency": "kwd",
    "amount_subtotal": 12500,
    "amount_total": 12340,
    "total_details": {"amount_discount": 1000, "amount_shipping": 500, "amount_tax": 340},
}
STRIPE_CUSTOMER: dict[str, Any] = {
    "id": "cus_9",
    "object": "customer",
    "email": "ada@example.com",
    "phone": None,
    "name": "Ada Park",
    "address": {"city": "Paris", "country": "FR", "state": None, "line1": "1 rue de la Paix"},
}
STRIPE: dict[str, dict[str, Any]] = {
    "invoice.paid": {**STRIPE_INVOICE, "status": "paid", "amount_paid": 3579, "amount_remaining": 0},
    "invoice.payment_failed": STRIPE_INVOICE,
    "customer.subscription.created": STRIPE_SUBSCRIPTION,
    "customer.subscription.updated": STRIPE_SUBSCRIPTION,
    "customer.subscription.deleted": STRIPE_SUBSCRIPTION,
    "charge.refunded": STRIPE_CHARGE,
    "checkout.session.completed": STRIPE_SESSION,
    "checkout.session.async_payment_succeeded": STRIPE_SESSION,
    "customer.created": STRIPE_CUSTOMER,
    "customer.updated": STRIPE_CUSTOMER,
    "customer.tax_id.created": {"id": "txi_1", "object": "tax_id", "customer": "cus_9", "country": "FR"},
}
"""The objects, by the type of the event."""


def stripe_event(kind: str, thing: dict[str, Any], **previous: Any) -> dict[str, Any]:
    """The envelope around a Stripe object."""
    data = {"object": thing, **({"previous_attributes": previous} if previous else {})}
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2025-09-30",
        "created": 1772950000,
        "livemode": True,
        "type": kind,
        "data": data,
    }


def zendesk_event(kind: str, detail: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    """The envelope around a Zendesk detail."""
    return {
        "account_id": 22129848,
        "id": "cbe4028c-7239-495d-b020-f22348516046",
        "time": "2026-03-08T06:53:57.123456789Z",
        "type": f"zen:event-type:{kind}",
        "subject": f"zen:ticket:{detail.get('id')}",
        "zendesk_event_version": "2022-11-06",
        "detail": detail,
        "event": event,
    }


ZENDESK_TICKET: dict[str, Any] = {
    "id": "5158",
    "requester_id": "8447388090494",
    "submitter_id": "8447388090494",
    "assignee_id": "8447346621310",
    "subject": "Where is my order?",
    "description": "It should have come on Friday.",
    "status": "OPEN",
    "priority": "HIGH",
    "type": "QUESTION",
    "tags": ["vip"],
    "via": {"channel": "web_service"},
    "created_at": "2026-03-08T06:53:57Z",
    "updated_at": "2026-03-08T06:53:57Z",
}
ZENDESK_USER: dict[str, Any] = {
    "id": "8447388090494",
    "email": "ada@example.com",
    "role": "end-user",
    "created_at": "2026-03-08T06:53:57Z",
}
ZENDESK: dict[str, dict[str, Any]] = {
    "ticket.created": zendesk_event("ticket.created", ZENDESK_TICKET, {"meta": {"sequence": {"position": 1}}}),
    "ticket.status_changed": zendesk_event(
        "ticket.status_changed", {**ZENDESK_TICKET, "status": "SOLVED"}, {"current": "SOLVED", "previous": "OPEN"}
    ),
    "ticket.priority_changed": zendesk_event("ticket.priority_changed", ZENDESK_TICKET, {"current": "HIGH"}),
    "user.created": zendesk_event("user.created", ZENDESK_USER, {}),
}
"""By type, without its prefix."""
