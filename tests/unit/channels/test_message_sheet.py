"""What a message declares: inputs with types and defaults, products, and what is told at the start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fermata.channels import EmptyContent, RenderFailed, SmsContent, Templates
from fermata.channels.template_values import ProductsFound, ProductsWanted
from fermata.errors import DefinitionError
from fermata.events.verbs import standard_verbs
from fermata.vocabulary import Channel

Write = Callable[..., Templates]
VERBS = standard_verbs()
ADDED = VERBS.find("Product Added")
assert ADDED is not None
PRODUCT = VERBS.schema_of(ADDED)

SHEET = """
[inputs.event]
price = "price"
brand = { type = "text", optional = true }

[inputs.profile]
first_name = { type = "text", default = "there" }
"""
WORDS = "Hi {{ profile.first_name }}, {% if event.brand %}{{ event.brand }} {% endif %}at {{ event.price }}"


@pytest.fixture
def declare(write: Write, tmp_path: Path) -> Callable[..., Templates]:
    def with_sheet(sheet: str, words: str = "x", **files: str) -> Templates:
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / "message.toml").write_text(sheet, encoding="utf-8")
        return write({"m/sms.text": words, **files})

    return with_sheet


Declare = Callable[..., Templates]


@pytest.mark.parametrize(
    ("event", "profile", "words"),
    [
        ({"price": 59.9, "brand": "Acme"}, {"first_name": "Ada"}, "Hi Ada, Acme at 59.9"),
        ({"price": "59.90"}, {}, "Hi there, at 59.9"),
        ({"price": 59, "brand": " "}, {"first_name": " "}, "Hi there, at 59"),
        ({"price": 59, "brand": ["no", "text"]}, {"first_name": {"no": "text"}}, "Hi there, at 59"),
        ({"price": 59, "brand": 7}, {"first_name": 42}, "Hi 42, 7 at 59"),
    ],
)
def test_values_are_brought_to_their_types_and_have_their_defaults(
    declare: Declare, event: dict[str, object], profile: dict[str, object], words: str
) -> None:
    templates = declare(SHEET, WORDS)
    assert templates.render("m", Channel.SMS, {"event": event, "profile": profile}) == SmsContent(words)


@pytest.mark.parametrize("event", [{}, {"price": None}, {"price": "hush"}, {"price": -1}, {"price": True}])
def test_without_a_value_that_it_needs_nothing_is_sent_and_the_value_is_not_told(
    declare: Declare, event: dict[str, object]
) -> None:
    with pytest.raises(RenderFailed, match=r"^m: event\.price is missing or no price") as failure:
        declare(SHEET, WORDS).render("m", Channel.SMS, {"event": event})
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ("inputs = 3", "inputs"),
        ("[inputs", "is not TOML"),
        ("[inputs.event]\nprice = 'money'", "use one of amount, price"),
        ("[inputs.event]\nprice = { type = 'price', default = 'cheap' }", "must be a number"),
        ("[inputs.event]\nprice = { type = 'price', default = 1, optional = true }", "leave out optional"),
        ("[inputs.weather]\nsun = 'flag'", "weather"),
        ("track_link = false", "track_link"),
        ("[products]\na = { most = 3 }", "give one of ids, of and category"),
        ("[products]\na = { of = 'event.products', category = 'event.category' }", "give one of"),
        ("[products]\na = { of = 'profile.__class__.x' }", "pattern"),
        ("[products]\na = { of = 'event.products', most = 1000 }", "less than or equal to 24"),
        ("[products]\na = { of = 'event.products', most = 1, least = 2 }", "at least 2 and at most 1"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_with_its_place(
    declare: Declare, tmp_path: Path, sheet: str, says: str
) -> None:
    with pytest.raises(DefinitionError) as refusal:
        declare(sheet)
    assert str(refusal.value).startswith(f"{tmp_path}/m/message.toml")
    assert says in str(refusal.value)


def test_what_is_declared_or_in_the_schema_or_tested_or_has_a_default_is_met(declare: Declare) -> None:
    words = (
        WORDS
        + "{{ event.name }}{{ profile.plan | default: 'x' }}{% if profile.vip %}{{ profile.vip }}{% endif %}"
        + "{{ event.landing | link }}{{ event.price | money: event.unit }}"
    )
    assert declare(SHEET, words).unmet("m", "Product Added", PRODUCT) == []


def test_what_nothing_says_will_be_there_is_told_with_file_line_and_mend(declare: Declare, tmp_path: Path) -> None:
    words = "Hi\n{{ event.brnd }}\n{{ profile.plan }}{% if event.a %}{{ event.b }}{% endif %}"
    told = declare(SHEET, words).unmet("m", "Product Added", PRODUCT)
    place = f"{tmp_path}/m/sms.text.liquid"
    mend = "give it a default here, or declare it under"
    assert told == [
        f"{place}:2: nothing says that event.brnd will be there (did you mean event.brand?); {mend} [inputs.event] "
        "in message.toml",
        f"{place}:3: nothing says that profile.plan will be there; {mend} [inputs.profile] in message.toml",
        f"{place}:3: nothing says that event.b will be there; {mend} [inputs.event] in message.toml",
    ]


def test_it_is_told_of_partials_and_blocks_and_loops_and_assignments_too(declare: Declare) -> None:
    told = declare(
        "[inputs.event]",
        "{% include 'p' %}{% render 'b', x: event.c %}{% for i in event.d %}{{ i }}{% endfor %}{% assign y = event.e %}"
        "{% if event.f %}{% include 'q' %}{% endif %}",
        **{"_partials/p": "{{ event.a }}", "_blocks/b": "\n{{ event.b }}", "_partials/q": "{{ event.f }}"},
    ).unmet("m", "Own Event", {})
    assert [line.partition("event.")[2][:1] for line in told] == ["a", "c", "b", "d", "e"]
    assert "b.liquid:2" in told[2]


def test_an_optional_value_that_is_printed_without_a_test_is_told(declare: Declare) -> None:
    (told,) = declare(SHEET, "{{ event.brand }}").unmet("m", "Product Added", PRODUCT)
    assert "event.brand is optional in message.toml; test for it with if" in told


def test_a_sheet_that_contradicts_the_schema_of_the_event_is_told(declare: Declare) -> None:
    sheet = "[inputs.event]\nprice = 'count'\nsize = 'text'\nname = 'text'\nquantity = 'amount'"
    told = declare(sheet).unmet("m", "Product Added", PRODUCT)
    assert [line.partition("message.toml: ")[2][:34] for line in told] == [
        "inputs.event.price = 'count', and ",
        "inputs.event.size: 'Product Added'",
    ]


def test_where_nothing_is_known_nothing_is_told(write: Write) -> None:
    templates = write({"m/sms.text": "{{ event.a }}{{ profile.b }}"})
    assert templates.unmet("m", "Own Event", {}) == []
    assert len(templates.unmet("m", "Product Added", PRODUCT)) == 1


SHOES = {"product_id": "shoes", "name": "Shoes", "category": "running"}
SOCKS = {"product_id": "socks", "name": "Socks", "category": "running"}
CAP = {"product_id": "cap", "name": "Cap", "category": "running"}
FOUND = ProductsFound({"shoes": SHOES, "socks": SOCKS}, {"running": [CAP, SOCKS, SHOES]})
LIST = "{% for product in products.bundle %}{{ product.name }} {% else %}nothing{% endfor %}"


@pytest.mark.parametrize(
    ("bundle", "event", "wanted", "words"),
    [
        ("ids = ['socks', 'shoes', 'gone']", {}, {"socks", "shoes", "gone"}, "Socks Shoes"),
        ("of = 'event.product_id'", {"product_id": "shoes"}, {"shoes"}, "Shoes"),
        ("of = 'event.ids'", {"ids": ["shoes", 7, None, "shoes"]}, {"shoes", "7"}, "Shoes"),
        ("of = 'event.products'", {"products": [{"product_id": "socks"}, {"sku": "x"}]}, {"socks"}, "Socks"),
        ("of = 'event.product_id'", {}, set(), "nothing"),
        ("of = 'event.product_id'", {"product_id": {"a": 1}}, set(), "nothing"),
        ("category = 'event.category'", {"category": "running"}, set(), "Cap Socks Shoes"),
        ("category = 'event.category', most = 1", {"category": "running"}, set(), "Cap"),
        (
            "category = 'event.category', without = 'event.product_id', most = 2",
            {"category": "running", "product_id": "cap"},
            set(),
            "Socks Shoes",
        ),
    ],
)
def test_products_are_asked_for_before_and_shown_in_order(
    declare: Declare, bundle: str, event: dict[str, object], wanted: set[str], words: str
) -> None:
    templates = declare(f"[products]\nbundle = {{ {bundle} }}", LIST)
    context = {"event": event}
    categories = frozenset({"running"}) if "category" in bundle else frozenset()
    assert templates.products("m", context) == ProductsWanted(frozenset(wanted), categories)
    assert templates.render("m", Channel.SMS, context, products=FOUND) == SmsContent(words)


def test_with_fewer_products_than_it_needs_a_message_has_nothing_to_say(declare: Declare) -> None:
    templates = declare("[products]\nbundle = { of = 'event.product_id', least = 2 }", LIST)
    with pytest.raises(EmptyContent, match=r"products\.bundle has 1 of the 2 products"):
        templates.render("m", Channel.SMS, {"event": {"product_id": "shoes"}}, products=FOUND)


def test_a_list_of_an_event_asks_for_no_more_products_than_are_shown(declare: Declare) -> None:
    templates = declare("[products]\nbundle = { of = 'event.ids' }", LIST)
    assert len(templates.products("m", {"event": {"ids": [str(i) for i in range(10_000)]}}).ids) == 24


@pytest.mark.parametrize(
    ("said", "channels"),
    [
        ("", {Channel.EMAIL}),
        ("track_links = true", {Channel.EMAIL}),
        ("track_links = false", set()),
        ("track_links = ['sms', 'push']", {Channel.SMS, Channel.PUSH}),
    ],
)
def test_links_of_a_mail_are_tracked_and_others_where_the_message_says_so(
    declare: Declare, said: str, channels: set[Channel]
) -> None:
    templates = declare(said)
    assert {channel for channel in Channel if templates.tracks_links("m", channel)} == channels


@pytest.mark.parametrize("said", ["'sms'", "['fax']", "['in_app']", "1", "[1]"])
def test_links_are_tracked_on_no_channel_that_has_none(declare: Declare, said: str) -> None:
    with pytest.raises(DefinitionError, match=r"track_links.*true, false, or a list of email, sms, push"):
        declare(f"track_links = {said}")
