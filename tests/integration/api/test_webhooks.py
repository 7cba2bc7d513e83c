"""Signed webhooks over real HTTP: stored once, under the standard name, for the right person; or not at all."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.postgres import Postgres
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import Pool, open_pool
from fermata.database.migrate import migrate
from fermata.events.verbs import read_verbs, standard_verbs
from fermata.events.webhooks import read_sources
from fermata.journeys import JourneyDefinition, Registry, Trigger
from tests.integration.api.served import Served
from tests.unit.events.bent_payloads import bent
from tests.unit.events.webhooks import samples, signing
from tests.unit.events.webhooks.signing import Signed

_OWN_VERBS = (
    '[schemas.parcel]\nweight = "amount"\n[verbs."Parcel Sent"]\naliases = ["fulfillments/create"]\nschema = "parcel"'
)
_LIMIT = timedelta(seconds=30)


@asynccontextmanager
async def listening(pool: Pool) -> AsyncIterator[Served]:
    """The application with every kind of source, and one journey that starts with a checkout."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(
        pool=pool,
        registry=Registry({"checkout": JourneyDefinition(trigger=Trigger("Checkout Started"), goal="Order Completed")}),
        verbs=read_verbs(_OWN_VERBS, over=standard_verbs()),
        sources=read_sources(signing.DOCUMENT, signing.SECRETS),
    )
    async with HttpServer(app) as server:
        yield Served(server.url, keys["write"], keys["admin"])


@pytest.fixture
async def listener(pool: Pool) -> AsyncIterator[Served]:
    """The application on this test's own database."""
    async with listening(pool) as running:
        yield running


@pytest.fixture
async def anybody(listener: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any key: a webhook brings its signature."""
    async with httpx.AsyncClient(base_url=listener.url, timeout=30) as client:
        yield client


async def deliver(client: httpx.AsyncClient, signed: Signed) -> httpx.Response:
    headers = {"Content-Type": "application/json", **signed.headers}
    return await client.post(f"/webhooks/{signed.source}", content=signed.body, headers=headers)


async def stored(pool: Pool) -> int:
    tables = ("events", "profiles", "identities", "journey_runs", "dispatches", "rejected_events")
    counts = [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - our own names
    return sum(counts)


def now() -> datetime:
    return datetime.now(UTC)


def recent() -> str:
    return (now() - timedelta(minutes=1)).isoformat()


def everything() -> list[Signed]:
    """A webhook of each topic that the samples have."""
    shopify = [signing.shopify(topic, body, delivery=topic) for topic, body in samples.SHOPIFY.items()]
    stripe = [
        signing.stripe({**samples.stripe_event(kind, thing), "id": f"evt_{kind}"}, at=now())
        for kind, thing in samples.STRIPE.items()
    ]
    zendesk = [signing.zendesk({**body, "id": kind}, at=now()) for kind, body in samples.ZENDESK.items()]
    chat = signing.standard(signing.CHAT, at=now())
    rating = signing.zendesk(signing.RATING, at=now(), source="ratings", variable="RATINGS_SECRET")
    return [*shopify, *stripe, *zendesk, chat, rating]


async def test_every_webhook_is_stored_and_the_same_again_has_no_effect(anybody: httpx.AsyncClient, pool: Pool) -> None:
    first = [await deliver(anybody, signed) for signed in everything()]
    assert {answer.status_code for answer in first} == {200}
    assert all(answer.json()["rejected"] == [] for answer in first), [answer.json() for answer in first]
    accepted = sum(answer.json()["accepted"] for answer in first)
    before = await stored(pool)
    again = [(await deliver(anybody, signed)).json() for signed in everything()]
    assert sum(answer["accepted"] for answer in again) == 0
    assert sum(answer["duplicates"] for answer in again) == accepted
    assert await stored(pool) == before
    names = {row["name"] for row in await pool.fetch("SELECT name FROM events")}
    assert {
        *("Order Completed", "Order Paid", "Order Cancelled", "Order Refunded", "Checkout Started", "Product Added"),
        *("Cart Updated", "Invoice Paid", "Invoice Payment Failed", "Subscription Started", "Subscription Cancelled"),
        *("Support Ticket Opened", "Support Ticket Solved", "Support Ticket Rated", "Live Chat Conversation Started"),
        *("Parcel Sent", "customer.tax_id.created", "zen:event-type:ticket.priority_changed"),
    } <= names


async def test_a_cart_a_checkout_an_order_and_its_refund_are_one_persons(
    anybody: httpx.AsyncClient, pool: Pool
) -> None:
    for topic in ("carts/create", "checkouts/create", "orders/create", "refunds/create"):
        assert (await deliver(anybody, signing.shopify(topic, samples.SHOPIFY[topic], delivery=topic))).json()[
            "accepted"
        ]
    assert await pool.fetchval("SELECT count(DISTINCT profile_id) FROM events") == 1


async def test_three_systems_and_a_sign_up_tell_of_one_person(listener: Served, pool: Pool) -> None:
    webhooks = [
        signing.zendesk(samples.ZENDESK["ticket.created"], at=now()),  # by an id only
        signing.shopify("orders/create", samples.SHOPIFY_ORDER),
        signing.zendesk({**samples.ZENDESK["user.created"], "id": "user"}, at=now()),  # the same id, with an address
        signing.stripe(samples.stripe_event("invoice.paid", samples.STRIPE_INVOICE), at=now()),
        signing.stripe(
            {**samples.stripe_event("customer.subscription.deleted", samples.STRIPE_SUBSCRIPTION), "id": "evt_2"},
            at=now(),
        ),
    ]
    async with listener.sender() as sender:
        for signed in webhooks:
            assert (await deliver(sender, signed)).json()["accepted"] == 1
        sign_up = {"messageId": "m1", "userId": "ada", "traits": {"email": "Ada@example.com"}}
        assert (await sender.post("/v1/identify", json=sign_up)).json()["accepted"] == 1
    owners = await pool.fetch("SELECT DISTINCT profile_id FROM events")
    assert len(owners) == 1


async def test_a_webhook_starts_the_journey_that_waits_for_it(anybody: httpx.AsyncClient, pool: Pool) -> None:
    checkout = {**samples.SHOPIFY_CHECKOUT, "created_at": recent()}
    assert (await deliver(anybody, signing.shopify("checkouts/create", checkout))).json()["accepted"] == 1
    assert await pool.fetchval("SELECT routing FROM events") == {"checkout": "started"}


async def test_a_deployments_own_names_hold_at_every_door(listener: Served, pool: Pool) -> None:
    sent = {"type": "track", "userId": "ada", "event": "fulfillments_create", "properties": {"weight": "1.50"}}
    async with listener.sender() as sender, listener.operator() as operator:
        assert (await sender.post("/v1/track", json={**sent, "messageId": "m1"})).json()["accepted"] == 1
        assert (await sender.post("/v1/batch", json={"batch": [{**sent, "messageId": "m2"}]})).json()["accepted"] == 1
        heavy = {**sent, "messageId": "m3", "properties": {"weight": "heavy"}}
        assert (await sender.post("/v1/track", json=heavy)).status_code == 400
        [kept] = (await operator.get("/api/v1/rejected-events")).json()["items"]
        assert kept["field"] == "properties.weight"
        mended = {**heavy, "properties": {"weight": 1.5}}
        assert (await operator.post(f"/api/v1/rejected-events/{kept['id']}/retry", json=mended)).json()["accepted"] == 1
    stored = await pool.fetch("SELECT name, properties FROM events")
    assert [(row["name"], row["properties"]) for row in stored] == [("Parcel Sent", {"weight": 1.5})] * 3


@pytest.mark.parametrize("change", ["body", "signature", "secret", "stale", "unsigned"])
async def test_what_is_not_proved_is_refused_and_leaves_nothing(
    anybody: httpx.AsyncClient, pool: Pool, change: str
) -> None:
    body = samples.stripe_event("invoice.paid", samples.STRIPE_INVOICE)
    good = signing.stripe(body, at=now())
    name, value = next(iter(good.headers.items()))
    bad = {
        "body": replace(good, body=good.body + b" "),
        "signature": replace(good, headers={name: value[:-1] + ("0" if value[-1] != "0" else "1")}),
        "secret": signing.stripe(body, at=now(), variable="SHOPIFY_SECRET"),
        "stale": signing.stripe(body, at=now() - timedelta(minutes=6)),
        "unsigned": replace(good, headers={}),
    }[change]
    answer = await deliver(anybody, bad)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert await stored(pool) == 0
    assert (await deliver(anybody, good)).status_code == 200


async def test_a_webhook_of_one_source_is_not_believed_at_another(anybody: httpx.AsyncClient, pool: Pool) -> None:
    signed = signing.zendesk(signing.RATING, at=now(), source="helpdesk", variable="RATINGS_SECRET")
    assert (await deliver(anybody, signed)).status_code == 401
    assert await stored(pool) == 0


@pytest.mark.parametrize("source", ["woo", "Shopify", "shopify%00", "..", "x" * 300])
async def test_a_source_that_nobody_declared_is_not_there(anybody: httpx.AsyncClient, pool: Pool, source: str) -> None:
    signed = signing.shopify("orders/create", samples.SHOPIFY_ORDER)
    answer = await anybody.post(f"/webhooks/{source}", content=signed.body, headers=dict(signed.headers))
    assert answer.status_code == 404
    assert await stored(pool) == 0


async def test_what_is_believed_and_not_understood_is_kept_and_can_be_mended(
    listener: Served, anybody: httpx.AsyncClient, pool: Pool
) -> None:
    order = {**samples.SHOPIFY_ORDER, "currency": "US-Dollar"}
    answer = await deliver(anybody, signing.shopify("orders/create", order))
    assert answer.status_code == 200  # refused, Shopify would send it again for hours, and then nothing any more
    [rejected] = answer.json()["rejected"]
    assert rejected["field"] == "properties.currency"
    async with listener.operator() as operator:
        [kept] = (await operator.get("/api/v1/rejected-events")).json()["items"]
        assert (kept["door"], kept["field"]) == ("webhook", "properties.currency")
        mended = kept["payload"].replace("US-Dollar", "USD")
        retried = await operator.post(f"/api/v1/rejected-events/{kept['id']}/retry", content=mended)
        assert retried.json()["accepted"] == 1
    assert await pool.fetchval("SELECT properties->>'currency' FROM events WHERE name = 'Order Completed'") == "USD"
    assert (await deliver(anybody, signing.shopify("orders/create", order))).json()["duplicates"] == 0


async def test_what_is_no_json_is_kept_as_it_came(anybody: httpx.AsyncClient, pool: Pool) -> None:
    answer = await deliver(anybody, signing.shopify("orders/create", b"<order/>"))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 0)
    assert await pool.fetchval("SELECT payload FROM rejected_events") == "<order/>"


async def test_what_is_too_large_is_refused_before_it_is_believed(anybody: httpx.AsyncClient, pool: Pool) -> None:
    signed = signing.shopify("orders/create", {**samples.SHOPIFY_ORDER, "note": "x" * 1024 * 1024})
    assert (await deliver(anybody, signed)).status_code == 413
    assert await stored(pool) == 0


async def test_an_order_of_half_a_megabyte_is_taken_where_what_is_read_of_it_is_small(
    anybody: httpx.AsyncClient,
) -> None:
    signed = signing.shopify("orders/create", {**samples.SHOPIFY_ORDER, "note": "x" * 500 * 1024})
    assert (await deliver(anybody, signed)).json()["accepted"] == 1


async def test_while_postgres_is_away_a_webhook_is_to_be_sent_again() -> None:
    async with Postgres(durable=True) as server:
        url = await server.create_database("outage")
        await migrate(url)
        async with (
            open_pool(url, most=4) as pool,
            listening(pool) as running,
            httpx.AsyncClient(base_url=running.url, timeout=30) as client,
        ):
            signed = signing.shopify("orders/create", samples.SHOPIFY_ORDER)
            await server.stop()
            answer = await deliver(client, signed)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            await server.start()

            async def taken() -> bool:
                return (await deliver(client, signed)).status_code == 200

            assert await until(taken, limit=_LIMIT)
            assert await pool.fetchval("SELECT count(*) FROM events") == 1


async def test_the_same_webhook_many_times_at_once_is_one_event(anybody: httpx.AsyncClient, pool: Pool) -> None:
    signed = signing.shopify("orders/create", samples.SHOPIFY_ORDER)
    answers = await asyncio.gather(*(deliver(anybody, signed) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["accepted"] for answer in answers) == 1
    assert await pool.fetchval("SELECT count(*) FROM events") == 1


def _signed(kind: str, topic: str, body: object) -> Signed:
    match kind:
        case "shopify":
            return signing.shopify(topic, body)
        case "stripe":
            return signing.stripe(body, at=now())
        case "zendesk":
            return signing.zendesk(body, at=now())
        case _:
            return signing.standard(body, at=now())


_BODIES: list[tuple[str, str, dict[str, Any]]] = [
    *(("shopify", topic, body) for topic, body in samples.SHOPIFY.items()),
    *(("stripe", kind, samples.stripe_event(kind, thing, status="active")) for kind, thing in samples.STRIPE.items()),
    *(("zendesk", kind, body) for kind, body in samples.ZENDESK.items()),
    ("standard", "", signing.CHAT),
]


@settings(
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_a_bent_webhook_is_taken_or_refused_in_words(
    anybody: httpx.AsyncClient, pool: Pool, data: st.DataObject
) -> None:
    kind, topic, body = data.draw(st.sampled_from(_BODIES))
    changed = data.draw(bent(copy.deepcopy(body)))
    before = await pool.fetchval("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM rejected_events)")
    answer = await deliver(anybody, _signed(kind, topic, changed))
    assert answer.status_code in {200, 413}
    if answer.status_code == 200:
        told = answer.json()
        after = await pool.fetchval("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM rejected_events)")
        assert after - before == told["accepted"] + len(told["rejected"])
        assert all(each["message"] for each in told["rejected"])
