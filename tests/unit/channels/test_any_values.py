"""Whatever an event or a profile holds, a message is written, or it is said why not; nothing else ever happens."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fermata.channels import EmptyContent, RenderFailed, SmsContent, Templates
from fermata.channels.template_values import ProductsFound
from fermata.channels.value_types import VALUE_TYPES
from fermata.vocabulary import Channel

TYPES = sorted(VALUE_TYPES)
SHEET = "\n".join(
    [
        "[inputs.event]",
        *(f"{name} = {{ type = '{name}', optional = true }}" for name in TYPES),
        "[inputs.profile]",
        "name = { type = 'text', default = 'there' }",
        "[products]",
        "of = { of = 'event.any', without = 'event.other' }",
        "category = { category = 'event.any', without = 'event.other' }",
    ]
)
WORDS = (
    "Hi {{ profile.name }}"
    + "".join(f"{{% if event.{name} %}}{{{{ event.{name} | default: '' }}}}{{% endif %}}" for name in TYPES)
    + "{% for each in products.of %}{{ each.name }}{% endfor %}"
    + "{% for each in products.category %}{{ each.name }}{% endfor %}"
    + "{{ event.any | money: event.other }}{{ event.any | link }}"
)
FOUND = ProductsFound({"1": {"product_id": "1", "name": "One"}}, {"shoes": [{"product_id": "2", "name": "Two"}]})

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["1", "shoes"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["product_id", "category", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)
events = st.dictionaries(st.sampled_from([*TYPES, "any", "other"]), values, max_size=6)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder: Path = tmp_path_factory.mktemp("templates") / "m"
    folder.mkdir()
    (folder / "sms.text.liquid").write_text(WORDS)
    (folder / "message.toml").write_text(SHEET)
    return Templates([folder.parent])


@given(event=events, name=values)
def test_any_values_give_words_or_a_reason(templates: Templates, event: dict[str, Any], name: object) -> None:
    context = {"event": event, "profile": {"name": name}}
    wanted = templates.products("m", context)
    assert len(wanted.ids) <= 24
    assert len(wanted.categories) <= 1
    with suppress(RenderFailed, EmptyContent):
        content = templates.render("m", Channel.SMS, context, locale=str(name), products=FOUND)
        assert isinstance(content, SmsContent)
        assert content.text.startswith("Hi ")
