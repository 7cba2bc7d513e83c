"""Templates that would run for long or take much memory end early, and say so."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from fermata.channels import EmptyContent, RenderFailed, Templates
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel

Write = Callable[..., Templates]

SECONDS_OF_CPU = 8.0  # unhindered, these run for hours; the margin is for a loaded machine that also traces memory
SOME_MEMORY = 32 * 1024 * 1024

LONG = "x" * 30_000
NESTED_LOOPS = (
    "{% for a in (1..200) %}{% for b in (1..200) %}{% for c in (1..200) %}{{ c }}{% endfor %}{% endfor %}{% endfor %}"
)
DOUBLING = "{% assign s = 'aaaaaaaaaa' %}" + "{% assign s = s | append: s %}" * 40 + "{{ s }}"
TENFOLD = "{{ 'a'" + " | replace: 'a', 'aaaaaaaaaa'" * 9 + " }}"
SQUARING = "{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 30 + "{{ n }}"

HOSTILE = {
    "nested loops": NESTED_LOOPS,
    "loops one after the other": "{% for a in (1..200) %}{{ a }}{% endfor %}" * 30,
    "loops in a loop, none of them long": "{% for a in (1..100) %}"
    + "{% for b in (1..2) %}{{ b }}{% endfor %}" * 30
    + "{% endfor %}",
    "a loop over an event's list, nested": "{% for a in event.list %}"
    + "{% for b in event.list %}{{ b }}{% endfor %}"
    + "{% endfor %}",
    "a variable that doubles": DOUBLING,
    "a billion characters by replacing": TENFOLD,
    "one text in place of each character of another": "{{ event.long | replace: 'x', event.long }}",
    "one text between all characters of another": "{{ event.long | replace: '', event.long }}",
    "one text between the items of a list": "{{ event.list | join: event.long }}",
    "a number of a million digits": SQUARING,
    "captures in captures": "{% capture a %}" * 15 + "{{ event.long }}" * 20 + "{% endcapture %}" * 15 + "x",
    "a list that doubles": "{% assign l = event.list %}" + "{% assign l = l | concat: l %}" * 30 + "{{ l | size }}",
    "heavy filters in a loop": "{% for a in (1..200) %}"
    + "{% assign x = event.long | upcase | downcase | url_encode %}" * 20
    + "{% endfor %}x",
    "comparing each with each": "{% for a in (1..200) %}" + "{% assign x = event.list | uniq %}" * 30 + "{% endfor %}x",
    "output without end": "{% for a in (1..200) %}{{ event.long }}{% endfor %}",
    "blocks in blocks": "{% if true %}" * 100 + "x" + "{% endif %}" * 100,
    "tests without end": "{% for a in (1..200) %}"
    + "{% if event.long contains 'y' %}{% endif %}" * 400
    + "{% endfor %}x",
}


@pytest.mark.parametrize("template", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_template_that_costs_too_much_is_refused_soon_and_in_little_memory(write: Write, template: str) -> None:
    event = {"long": LONG, "list": [f"item {number}" for number in range(300)]}
    tracemalloc.start()
    before = time.process_time()
    try:
        with pytest.raises((RenderFailed, DefinitionError, EmptyContent)):
            write({"m/sms.text": template}).render("m", Channel.SMS, {"event": event})
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - before < SECONDS_OF_CPU
    assert most < SOME_MEMORY


def test_an_ordinary_list_of_products_is_well_within_the_limits(write: Write) -> None:
    template = (
        "{% for item in event.products %}{{ item.name | truncate: 40 }}, {{ item.price | money: 'EUR' }}\n{% endfor %}"
    )
    products = [{"name": f"Product {number}", "price": number + 0.9} for number in range(100)]
    content = write({"m/sms.text": template}).render("m", Channel.SMS, {"event": {"products": products}})
    assert "Product 99, €99.90" in content.text  # type: ignore[union-attr]


def test_a_file_of_a_megabyte_is_refused(write: Write) -> None:
    with pytest.raises(DefinitionError, match="shorten it"):
        write({"m/sms.text": "x" * 1_000_000})


@pytest.mark.parametrize("path", ["event.__class__", "event['__class__']", "profile.items", "event.list.append"])
def test_nothing_of_python_can_be_reached(write: Write, path: str) -> None:
    with pytest.raises(RenderFailed):
        write({"m/sms.text": "{{ " + path + " }}"}).render("m", Channel.SMS, {"event": {"list": []}, "profile": {}})
