"""Templates: what they render, what they refuse, and what they say is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fermata.channels import (
    BadgeContent,
    CardContent,
    EmailContent,
    EmptyContent,
    PushContent,
    RenderFailed,
    Site,
    SmsContent,
    Templates,
)
from fermata.errors import DefinitionError, FermataError
from fermata.journeys import Message
from fermata.vocabulary import Channel

Write = Callable[..., Templates]
WORDED = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.IN_APP, Channel.INBOX, Channel.BADGE)


def sms(write: Write, text: str, **context: object) -> str:
    content = write({"hello/sms.text": text}).render("hello", Channel.SMS, context)
    assert isinstance(content, SmsContent)
    return content.text


def test_each_channel_gets_content_of_its_kind(write: Write) -> None:
    templates = write(
        {
            "hello/email.subject": "Hi {{ profile.first_name }}",
            "hello/email.html": "<p>Hi {{ profile.first_name }}</p>",
            "hello/email.text": "Hi {{ profile.first_name }}",
            "hello/sms.text": "Hi",
            "hello/push.title": "Hi",
            "hello/push.body": "there",
            "hello/push.url": "https://shop.example/{{ event.product_id }}",
            "hello/card.title": "Hi",
            "hello/card.body": "there",
        }
    )
    context = {"profile": {"first_name": "Ada"}, "event": {"product_id": 7}}
    assert {channel: templates.render("hello", channel, context) for channel in WORDED} == {
        Channel.EMAIL: EmailContent("Hi Ada", "<p>Hi Ada</p>", "Hi Ada"),
        Channel.SMS: SmsContent("Hi"),
        Channel.PUSH: PushContent("Hi", "there", "https://shop.example/7"),
        Channel.IN_APP: CardContent("Hi", "there", None),
        Channel.INBOX: CardContent("Hi", "there", None),
        Channel.BADGE: BadgeContent(),
    }


def test_values_are_escaped_in_html_and_left_alone_in_text(write: Write) -> None:
    templates = write(
        {"m/email.subject": "{{ event.a }}", "m/email.html": "{{ event.a }}", "m/email.text": "{{ event.a }}"}
    )
    content = templates.render("m", Channel.EMAIL, {"event": {"a": "<b>\"Tom\" & 'Jerry'</b>"}})
    assert content == EmailContent(
        subject="<b>\"Tom\" & 'Jerry'</b>",
        html="&lt;b&gt;&#34;Tom&#34; &amp; &#39;Jerry&#39;&lt;/b&gt;",
        text="<b>\"Tom\" & 'Jerry'</b>",
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ event.a | append: '' }}",
        "{{ '' | append: event.a }}",
        "{{ event.a | replace: 'x', 'y' }}",
        "{{ event.list | join: ' ' }}",
        "{{ event.a | split: '|' | first }}",
        "{% assign a = event.a %}{{ a }}",
        "{% capture a %}{{ event.a }}{% endcapture %}{{ a }}",
        "{% for a in event.list %}{{ a }}{% endfor %}",
        "{{ event.a | newline_to_br }}",
        "{{ event.a | truncate: 100 }}",
        "{{ event.a | escape }}",
        "{{ event.missing | default: event.a }}",
        "{{ event.list }}",
    ],
)
def test_no_filter_lets_html_of_an_event_through(write: Write, template: str) -> None:
    templates = write({"m/email.subject": "s", "m/email.html": template, "m/email.text": "t"})
    content = templates.render("m", Channel.EMAIL, {"event": {"a": "<script>", "list": ["<script>"]}})
    assert isinstance(content, EmailContent)
    assert "<" not in content.html.replace("<br />", "")


def test_one_line_parts_stay_on_one_line_whatever_the_data_holds(write: Write) -> None:
    templates = write({"m/push.title": "  A {{ event.a }}\n", "m/push.body": "b"})
    content = templates.render("m", Channel.PUSH, {"event": {"a": "x\r\nBcc: eve@example.com\u2028\x00y"}})
    assert content == PushContent("A x Bcc: eve@example.com y", "b")


def test_control_characters_and_left_over_blank_lines_are_taken_out_of_text(write: Write) -> None:
    assert sms(write, "one\n{% if false %}{% endif %}\n\n\n  two {{ event.a }}\t\n", event={"a": "\x07\x1b[0m"}) == (
        "one\n\n  two [0m"
    )


def test_a_missing_value_may_be_tested_and_given_a_default(write: Write) -> None:
    assert sms(write, "{% if event.a %}yes{% else %}no{% endif %} {{ event.a.b | default: 'there' }}") == "no there"


def test_printing_a_missing_value_is_an_error_with_file_and_line(write: Write, tmp_path: Path) -> None:
    with pytest.raises(RenderFailed) as failure:
        sms(write, "Hi\n{{ profile.first_name }}")
    assert str(failure.value) == f"{tmp_path}/hello/sms.text.liquid:2: profile.first_name is undefined"


def test_an_error_in_a_partial_names_the_partial(write: Write, tmp_path: Path) -> None:
    templates = write({"_partials/foot": "\n\n{{ event.gap }}", "m/sms.text": "Hi {% include 'foot' %}"})
    with pytest.raises(RenderFailed, match=r"_partials/foot\.liquid:3: event\.gap is undefined"):
        templates.render("m", Channel.SMS, {})


@pytest.mark.parametrize(
    "template",
    [
        "{{ event.secret | plus: 'x' | divided_by: 0 }}",
        "{{ event.secret | base64_decode }}",
        "{{ event.list | sort }}",
        "{{ event.list | map: 'a' }}",
        "{% for x in event.list limit: event.secret %}{{ x }}{% endfor %}",
        "{{ event.big | ceil }}",
    ],
)
def test_an_error_on_the_data_fails_the_render_and_quotes_nothing_of_it(write: Write, template: str) -> None:
    with pytest.raises(FermataError) as failure:
        sms(write, template, event={"secret": "hush-hush", "list": [1, "hush-hush"], "big": float("inf")})
    assert isinstance(failure.value, RenderFailed | EmptyContent)
    assert "hush" not in str(failure.value)


def test_a_part_that_comes_out_blank_is_empty_content(write: Write) -> None:
    with pytest.raises(EmptyContent, match=r"sms\.text\.liquid came out blank"):
        sms(write, " {% if event.a %}Hi{% endif %}\n")


def test_an_optional_part_may_come_out_blank(write: Write) -> None:
    templates = write({"m/push.title": "t", "m/push.body": "b", "m/push.url": "{{ event.url | link }}"})
    assert templates.render("m", Channel.PUSH, {}) == PushContent("t", "b", None)


@pytest.mark.parametrize("url", ["javascript://%0aalert(1)", "data:text/html,x", "/cart", "not a link", "https://[x"])
def test_a_url_part_that_is_no_link_fails(write: Write, url: str) -> None:
    templates = write({"m/push.title": "t", "m/push.body": "b", "m/push.url": "{{ event.url }}"})
    with pytest.raises(RenderFailed, match="no link"):
        templates.render("m", Channel.PUSH, {"event": {"url": url}})


def test_a_link_into_the_app_is_a_link(write: Write) -> None:
    templates = write({"m/push.title": "t", "m/push.body": "b", "m/push.url": "larkspur://cart"})
    assert templates.render("m", Channel.PUSH, {}) == PushContent("t", "b", "larkspur://cart")


def test_templates_know_the_site(write: Write) -> None:
    templates = write(
        {"m/sms.text": "{{ site.name }} {{ event.url | link }}"}, site=Site("Larkspur", "https://larkspur.example")
    )
    content = templates.render("m", Channel.SMS, {"event": {"url": "https://evil.example/"}})
    assert content == SmsContent("Larkspur https://larkspur.example")


def test_the_files_that_a_message_lacks_are_named(write: Write, tmp_path: Path) -> None:
    templates = write({"hello/email.subject": "s", "hello/email.text": "t", "hello/push.title": "t"})
    message = Message(key="hello", channels=("push", "email", "in_app"))
    assert templates.missing(message, [Channel.INBOX, Channel.BADGE]) == [
        tmp_path / "hello" / "push.body.liquid",
        tmp_path / "hello" / "email.html.liquid",
        tmp_path / "hello" / "card.title.liquid",
        tmp_path / "hello" / "card.body.liquid",
    ]


def test_rendering_a_message_that_has_no_template_fails(write: Write) -> None:
    with pytest.raises(RenderFailed, match=r"no template other/sms\.text\.liquid"):
        write({"m/sms.text": "t"}).render("other", Channel.SMS, {})


def test_an_earlier_folder_counts_before_a_later_one(tmp_path: Path) -> None:
    for root, text in (("mine", "mine"), ("theirs", "theirs")):
        (tmp_path / root / "m").mkdir(parents=True)
        (tmp_path / root / "m" / "sms.text.liquid").write_text(text)
    (tmp_path / "theirs" / "m" / "push.title.liquid").write_text("theirs")
    (tmp_path / "theirs" / "m" / "push.body.liquid").write_text("theirs")
    templates = Templates([tmp_path / "mine", tmp_path / "theirs"])
    assert templates.render("m", Channel.SMS, {}) == SmsContent("mine")
    assert templates.render("m", Channel.PUSH, {}) == PushContent("theirs", "theirs")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Hi\n{% if %}", 2, "missing"),
        ("Hi\n\n{% for x in event.items %}", 3, "expected"),
        ("{{ 'x' | shout }}", 1, "there is no filter 'shout'"),
        ("{{ event.a | safe }}", 1, "there is no filter 'safe'"),
        ("Hi\n{{ prof.first_name }}", 2, "nothing sets 'prof'"),
        ("{% render 'x' %}", 1, "no block 'x'"),
        ("{% render 'part' %}", 1, "'part' is a partial; write include 'part'"),
        ("{% include 'block' %}", 1, "'block' is a block; write {% render 'block' %}"),
        ("{% render event.name %}", 1, ""),
        ("{% render name %}", 1, "name the block in quotes"),
        ("{% render 'block' for event.items %}", 1, "name the block in quotes"),
        ("Hi\n{{ message.unsubscribe }}", 2, "message.unsubscribe is never there; there are confirm_url"),
        ("{{ site.adress }}", 1, "site.adress is never there"),
        ("{{ products.bundle.size }}", 1, "products.bundle is never there"),
        ("{% include 'x' %}", 1, "no partial 'x'"),
        ("{% include '../../etc/passwd' %}", 1, "no partial"),
        ("{% include event.name %}", 1, "name the partial in quotes"),
        ("{% include 'part' for event.items %}", 1, "name the partial in quotes"),
        ("\n{% for i in (1..event.n) %}{{ i }}{% endfor %}", 2, "write both ends"),
        ("{% for i in (1..100000) %}{{ i }}{% endfor %}", 1, "write both ends"),
        ("{% if (1..999999999) contains 'x' %}y{% endif %}", 1, "write both ends"),
        ("{% extends 'x' %}", 1, "extends"),
    ],
)
def test_a_template_that_cannot_work_is_refused_at_the_start(
    write: Write, tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(DefinitionError) as refusal:
        write({"_partials/part": "x", "_blocks/block": "x", "m/sms.text": text})
    assert str(refusal.value).startswith(f"{tmp_path}/m/sms.text.liquid:{line}: ")
    assert says in str(refusal.value)


def test_a_partial_cannot_include_itself_or_another(write: Write) -> None:
    with pytest.raises(DefinitionError, match=r"loop\.liquid:1: a partial includes another"):
        write({"_partials/loop": "{% include 'loop' %}", "m/sms.text": "{% include 'loop' %}"})


def test_an_unknown_variable_in_a_partial_is_found_where_it_stands(write: Write) -> None:
    with pytest.raises(DefinitionError, match=r"part\.liquid:2: nothing sets 'prduct'"):
        write({"_partials/part": "\n{{ prduct }}", "m/sms.text": "{% include 'part' %}"})


def test_what_a_partial_sets_can_be_used_after_it(write: Write) -> None:
    templates = write({"_partials/part": "{% assign word = 'hi' %}", "m/sms.text": "{% include 'part' %}{{ word }}"})
    assert templates.render("m", Channel.SMS, {}) == SmsContent("hi")


def test_a_file_that_is_no_part_is_refused(write: Write) -> None:
    with pytest.raises(DefinitionError, match=r"email\.sbject\.liquid is no part of a message"):
        write({"m/email.sbject": "x"})


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no template folder"):
        Templates([tmp_path / "nowhere"])
    with pytest.raises(DefinitionError, match="give at least one"):
        Templates([])


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "sms.text.liquid").write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(DefinitionError, match="UTF-8"):
        Templates([tmp_path])
