"""Standard events have one name and one type for each property, however a sender writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.errors import ConfigurationError, InvalidEvent
from fermata.events import parse
from fermata.events.normalise import normalise
from fermata.events.verbs import read_verbs, standard_verbs
from tests.unit.events.bent_payloads import odd_value

NAMES = sorted({verb.name for verb in standard_verbs().by_key.values()})
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["added_to_cart", "cart.add", "AddToCart", "add_to_cart", "product_added", "PRODUCT ADDED"]
)
def test_a_standard_event_has_one_name_and_keeps_the_senders(name: str) -> None:
    event = normalise(name, {})
    assert (event.name, event.original_name) == ("Product Added", name)


@pytest.mark.parametrize("name", NAMES)
def test_a_standard_name_is_its_own(name: str) -> None:
    event = normalise(name, {})
    assert (event.name, event.original_name) == (name, None)


@pytest.mark.parametrize("name", ["Signed Up", "Cart Admired", "purchase intent", "Ordered", "🥁", "..."])
def test_an_event_of_the_senders_own_stays_as_it_came(name: str) -> None:
    properties = {"price": "a lot", "currency": "?"}
    event = normalise(name, properties)
    assert (event.name, event.original_name, event.properties) == (name, None, properties)


@pytest.mark.parametrize(
    ("came", "becomes"),
    [
        ({"price": "35.79"}, {"price": 35.79}),
        ({"price": " 35.70 "}, {"price": 35.7}),
        ({"price": 0.1}, {"price": 0.1}),
        ({"price": "100"}, {"price": 100}),
        ({"quantity": "2"}, {"quantity": 2}),
        ({"quantity": 2.0}, {"quantity": 2}),
        ({"currency": " eur"}, {"currency": "EUR"}),
        ({"product_id": 44600062}, {"product_id": "44600062"}),
        ({"product_id": 42.0}, {"product_id": "42"}),
        ({"name": 7}, {"name": "7"}),
        ({"price": None, "currency": "", "colour": None}, {"colour": None}),
        ({"colour": ["red"]}, {"colour": ["red"]}),
    ],
)
def test_properties_of_a_standard_event_become_what_they_should_be(
    came: dict[str, Any], becomes: dict[str, Any]
) -> None:
    assert normalise("Product Added", came).properties == becomes


def test_products_of_an_order_are_each_coerced() -> None:
    order = {
        "total": "70.5",
        "products": [{"sku": 1, "price": "35.25", "quantity": "2"}],
        "delivered_at": "2026-03-08T06:30:00+02:00",
    }
    assert normalise("purchase", order).properties == {
        "total": 70.5,
        "products": [{"sku": "1", "price": 35.25, "quantity": 2}],
        "delivered_at": "2026-03-08T04:30:00+00:00",
    }


@pytest.mark.parametrize(
    ("name", "properties", "field"),
    [
        ("Product Added", {"price": "35,79"}, "properties.price"),
        ("Product Added", {"price": "$35"}, "properties.price"),
        ("Product Added", {"price": "NaN"}, "properties.price"),
        ("Product Added", {"price": "1_000"}, "properties.price"),
        ("Product Added", {"price": "٣"}, "properties.price"),
        ("Product Added", {"price": True}, "properties.price"),
        ("Product Added", {"price": -1}, "properties.price"),
        ("Product Added", {"price": "0.12345678901234567890"}, "properties.price"),
        ("Product Added", {"price": 2**53 + 2}, "properties.price"),
        ("Product Added", {"price": "1e999999999"}, "properties.price"),
        ("Product Added", {"quantity": 2.5}, "properties.quantity"),
        ("Product Added", {"currency": "euro"}, "properties.currency"),
        ("Product Added", {"currency": "XYZ"}, "properties.currency"),
        ("Product Added", {"product_id": ["p1"]}, "properties.product_id"),
        ("Order Completed", {"products": {"price": 1}}, "properties.products"),
        ("Order Completed", {"products": [{}, 7]}, "properties.products.1"),
        ("Order Completed", {"products": [{}, {"price": "free"}]}, "properties.products.1.price"),
        ("Order Completed", {"delivered_at": "tomorrow"}, "properties.delivered_at"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(name: str, properties: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        parse({"type": "track", "userId": "ada", "event": name, "properties": properties}, received_at=NOW)
    assert refusal.value.field == field


@settings(deadline=None)
@given(amount=st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False))
def test_an_amount_keeps_its_decimals_all_the_way_through_json(amount: Decimal) -> None:
    properties = normalise("Product Added", {"price": str(amount)}).properties
    stored = orjson.dumps(dict(properties)).decode()
    assert Decimal(stored.removeprefix('{"price":').removesuffix("}")) == amount


_properties = st.dictionaries(
    st.sampled_from(["price", "currency", "quantity", "product_id", "products", "total", "delivered_at", "colour"]),
    odd_value | st.lists(st.dictionaries(st.sampled_from(["price", "quantity", "sku"]), odd_value), max_size=2),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(name=st.sampled_from([*NAMES, "added_to_cart", "Signed Up"]), properties=_properties)
def test_normalising_again_changes_nothing_and_bad_input_is_refused_by_field(
    name: str, properties: Mapping[str, Any]
) -> None:
    refused: str | None = None
    try:
        once = normalise(name, properties)
    except InvalidEvent as refusal:
        refused = refusal.field
    if refused is not None:
        assert refused.startswith("properties.")
        return
    again = normalise(once.name, once.properties)
    assert (again.name, repr(again.properties)) == (once.name, repr(once.properties))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("verbs = [", "not TOML"),
        ('[schemas.s]\nprice = "money"', "schemas.s.price = 'money' is no type"),
        ('[verbs.A]\naliases = []\nschema = "s"', "has the schema 's'"),
        (
            '[schemas.s]\n[verbs.A]\naliases = ["x"]\nschema = "s"\n[verbs.B]\naliases = ["X"]\nschema = "s"',
            "'X' stands for",
        ),
        ('[verbs.A]\naliases = "x"', "verbs.A.aliases = 'x'"),
        ('[verbs."A B"]\nalias = ["x"]', 'verbs."A B".alias is no key'),
        ('[verb.A]\naliases = ["x"]', "verb is no key"),
        ('[verbs."..."]', "neither letter nor digit"),
        ('[verbs."Purchase"]', "'Purchase' stands for 'Order Completed' and for 'Purchase'"),
        ('[verbs."Product Viewed"]\naliases = ["add_to_cart"]', "'add_to_cart' stands for 'Product Added'"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_its_place(document: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as refusal:
        read_verbs(document, over=standard_verbs(), source="own.toml")
    assert str(refusal.value).startswith("own.toml")


def test_every_fault_of_a_mapping_is_told_at_once() -> None:
    document = '[schemas.s]\na = "money"\nb = "cash"\n[verbs.A]\nschema = "t"'
    with pytest.raises(ConfigurationError) as refusal:
        read_verbs(document, source="own.toml")
    assert str(refusal.value).count("own.toml: ") == 3


OWN = """
[schemas.product]
margin = "amount"
position = "text"

[schemas.trial]
ends_at = "instant"

[verbs."Product Added"]
aliases = ["In den Warenkorb"]

[verbs."Product Shared"]
schema = "trial"

[verbs."Trial Started"]
aliases = ["trial.begin"]
schema = "trial"

[verbs."Newsletter Opened"]
aliases = ["newsletter"]
"""


def test_a_deployments_own_mapping_adds_to_what_ships() -> None:
    own = read_verbs(OWN, over=standard_verbs())
    added = normalise("in_den_warenkorb", {"margin": "1.50", "price": "9.90", "position": 3}, own)
    assert (added.name, added.original_name) == ("Product Added", "in_den_warenkorb")
    assert added.properties == {"margin": 1.5, "price": 9.9, "position": "3"}
    trial = normalise("trial.begin", {"ends_at": "2026-03-08T06:30:00+02:00"}, own)
    assert (trial.name, trial.properties) == ("Trial Started", {"ends_at": "2026-03-08T04:30:00+00:00"})
    assert normalise("newsletter", {"issue": 7}, own).name == "Newsletter Opened"
    assert normalise("add_to_cart", {}, own).name == "Product Added"
    assert normalise("Product Shared", {"price": "free", "ends_at": None}, own).properties == {"price": "free"}
    [product] = normalise("Order Completed", {"products": [{"margin": "2"}]}, own).properties["products"]
    assert product == {"margin": 2}


def test_a_deployments_own_mapping_changes_nothing_of_what_ships() -> None:
    read_verbs(OWN, over=standard_verbs())
    assert normalise("in_den_warenkorb", {}).name == "in_den_warenkorb"
    assert normalise("Product Added", {"margin": "1.50"}).properties == {"margin": "1.50"}
