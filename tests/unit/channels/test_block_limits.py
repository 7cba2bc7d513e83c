"""What a block costs is the message's to pay, and nothing of the catalogue lets a template out of its limits."""

import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from fermata.channels import EmptyContent, RenderFailed, Templates
from fermata.channels.template_values import ProductsFound
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel

Write = Callable[..., Templates]

SECONDS_OF_CPU = 8.0  # unhindered, these run for hours; the margin is for a loaded machine that also traces memory
SOME_MEMORY = 32 * 1024 * 1024
LONG = "x" * 30_000
PRODUCT = {"product_id": "1", "name": LONG, "price": Decimal("59.90"), "currency": "EUR", "url": None, "brand": None}
FOUND = ProductsFound({}, {"shoes": [PRODUCT] * 24})

HOSTILE = {
    "a block with a loop, in a loop": (
        "{% for a in (1..200) %}{% render 'b' %}{% endfor %}",
        "{% for b in (1..10) %}{{ b }}{% endfor %}",
    ),
    "a block that does much, in a loop": (
        "{% for a in (1..200) %}{% render 'b' %}{% endfor %}",
        "{% assign x = event.long | upcase | downcase | url_encode %}" * 20 + "x",
    ),
    "a block that says much, in a loop": ("{% for a in (1..200) %}{% render 'b' %}{% endfor %}", "{{ event.long }}"),
    "a block that keeps much": (
        "{% render 'b' %}",
        "{% capture a %}" * 15 + "{{ event.long }}" * 20 + "{% endcapture %}" * 15 + "x",
    ),
    "a block that doubles what it is given": (
        "{% render 'b', s: event.long %}",
        "{% assign s = s | append: s %}" * 30 + "{{ s }}",
    ),
    "blocks one after the other": ("{% render 'b' %}" * 100, "{% for a in (1..100) %}{{ a }}{% endfor %}"),
    "products in products in products": (
        "{% for a in products.list %}{% for b in products.list %}{% for c in products.list %}{% render 'b', p: c %}"
        "{% endfor %}{% endfor %}{% endfor %}",
        "{{ p.price }}",
    ),
    "the words of products, again and again": (
        "{% for a in (1..40) %}{% for b in products.list %}{% render 'b', p: b %}{% endfor %}{% endfor %}",
        "{{ p.name }}",
    ),
    "one product's words in the place of another's": (
        "{{ products.list[0].name | replace: 'x', products.list[1].name }}",
        "x",
    ),
}


@pytest.fixture
def declare(write: Write, tmp_path: Path) -> Write:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "message.toml").write_text("[products]\nlist = { category = 'event.category', most = 24 }")
    return write


@pytest.mark.parametrize(("words", "block"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_message_that_costs_too_much_by_its_blocks_or_products_ends_soon_and_in_little_memory(
    declare: Write, words: str, block: str
) -> None:
    templates = declare({"_blocks/b": block, "m/sms.text": words})
    tracemalloc.start()
    before = time.process_time()
    try:
        with pytest.raises((RenderFailed, EmptyContent)):
            templates.render("m", Channel.SMS, {"event": {"long": LONG, "category": "shoes"}}, products=FOUND)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - before < SECONDS_OF_CPU
    assert most < SOME_MEMORY


@pytest.mark.parametrize(
    "path",
    [
        "products.__class__",
        "products.list.append",
        "products.list[0].__class__",
        "products.list[0].price.__class__",
        "products.list[0].price.real",
        "products.list.first.items",
        "products.list[0].name.format",
        "products['list'][0]['__init__']",
    ],
)
def test_nothing_of_python_can_be_reached_by_a_product(declare: Write, path: str) -> None:
    with pytest.raises((DefinitionError, RenderFailed), match=r"is never there|is undefined"):
        declare({"m/sms.text": "{{ " + path + " }}"}).render(
            "m", Channel.SMS, {"event": {"category": "shoes"}}, products=FOUND
        )
