"""Templates by language, blocks, mail without a text of its own, MJML, and style sheets that are written in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fermata.channels import CardContent, EmailContent, RenderFailed, SmsContent, Templates
from fermata.channels.locales import chain, read_locale
from fermata.channels.mail_html import inline_styles
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel

Write = Callable[..., Templates]

HELLO = {
    "hello/sms.text": "Hi",
    "hello/sms.text.fr": "Salut",
    "hello/sms.text.fr-CA": "Allô",
    "hello/sms.text.pt-BR": "Oi",
}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (None, "Hi"),
        ("en", "Hi"),
        ("fr", "Salut"),
        ("fr-FR", "Salut"),
        ("fr-CA", "Allô"),
        ("fr_ca", "Allô"),
        ("pt-BR", "Oi"),
        ("pt", "Hi"),
        ("", "Hi"),
        ("../../etc/passwd", "Hi"),
        ("fr-" + "x" * 500, "Hi"),
    ],
)
def test_somebody_is_written_to_in_their_language_or_the_next_best(
    write: Write, locale: str | None, words: str
) -> None:
    assert write(HELLO).render("hello", Channel.SMS, {}, locale=locale) == SmsContent(words)


def test_a_language_is_spelled_in_one_way() -> None:
    assert read_locale("ZH_hant_tw") == "zh-Hant-TW"
    assert chain("zh-hant-tw") == ("zh-Hant-TW", "zh-Hant", "zh")
    assert read_locale("french") is None


def test_a_mail_is_never_half_in_one_language_and_half_in_another(write: Write, tmp_path: Path) -> None:
    whole = {"m/email.subject": "s", "m/email.html": "h"}
    with pytest.raises(DefinitionError, match=r"m/email\.html\.fr\.liquid is missing: .* written in 'fr' only in part"):
        write({**whole, "m/email.subject.fr": "s"})
    (tmp_path / "m" / "email.html.fr.liquid").write_text("h fr")
    # A region needs only what it says in another way.
    templates = write({"m/email.subject.fr-CA": "s ca"})
    assert templates.render("m", Channel.EMAIL, {}, locale="fr-CA") == EmailContent("s ca", "h fr", "h fr")


def test_an_address_is_the_same_in_every_language(write: Write) -> None:
    card = {"m/card.title": "t", "m/card.body": "b", "m/card.url": "https://shop.example/cart"}
    templates = write({**card, "m/card.title.fr": "t fr", "m/card.body.fr": "b fr"})
    assert templates.render("m", Channel.INBOX, {}, locale="fr") == CardContent(
        "t fr", "b fr", "https://shop.example/cart"
    )


def test_what_messages_share_comes_in_the_language_of_the_message(write: Write) -> None:
    templates = write(
        {
            "_partials/foot": "Bye",
            "_partials/foot.fr": "Au revoir",
            "_blocks/sign": "({{ by }})",
            "_blocks/sign.fr": "[{{ by }}]",
            "m/sms.text": "{{ message.locale }}Hi. {% include 'foot' %} {% render 'sign', by: 'us' %}",
            "m/sms.text.fr": "{{ message.locale }}: Salut. {% include 'foot' %} {% render 'sign', by: 'nous' %}",
        }
    )
    assert templates.render("m", Channel.SMS, {}, locale="fr-BE") == SmsContent("fr: Salut. Au revoir [nous]")
    assert templates.render("m", Channel.SMS, {}, locale="de") == SmsContent("Hi. Bye (us)")


def test_a_block_knows_what_it_is_given_and_changes_nothing_outside(write: Write) -> None:
    templates = write(
        {
            "_blocks/card": "{{ product.name }} for {{ profile.name }}{% assign word = 'changed' %}",
            "m/sms.text": "{% assign word = 'kept' %}{% for each in event.list %}"
            "{% render 'card', product: each %}, {% endfor %}{{ word }}",
        }
    )
    context = {"event": {"list": [{"name": "Shoes"}, {"name": "Socks"}]}, "profile": {"name": "Ada"}}
    assert templates.render("m", Channel.SMS, context) == SmsContent("Shoes for Ada, Socks for Ada, kept")


def test_a_block_in_html_escapes_what_it_is_given(write: Write) -> None:
    templates = write(
        {"_blocks/b": "<i>{{ x }}</i>", "m/email.subject": "s", "m/email.html": "{% render 'b', x: event.x %}"}
    )
    content = templates.render("m", Channel.EMAIL, {"event": {"x": "<script>"}})
    assert content == EmailContent("s", "<i>&lt;script&gt;</i>", "<script>")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"_blocks/b": "{% render 'b' %}"}, r"_blocks/b\.liquid:1: a block renders another"),
        ({"_blocks/b": "\n{% include 'p' %}", "_partials/p": "x"}, r"_blocks/b\.liquid:2: a block includes another"),
        ({"_blocks/b": "x", "_partials/b": "x"}, "has the same name; rename one of them"),
        ({"_blocks/b": "\n{{ prduct.name }}", "m/sms.text": "{% render 'b', product: 1 %}"}, r"b\.liquid:2: nothing s"),
        ({"_blocks/b": "{{ 'x' | shout }}"}, "there is no filter 'shout'"),
        ({"_blocks/b": "{% for i in (1..event.n) %}{% endfor %}"}, "write both ends"),
        ({"_blocks/b": "{{ site.nme }}", "m/sms.text": "{% render 'b' %}"}, r"b\.liquid:1: site\.nme is never there"),
        ({"m/sms.text.french": "x"}, "is no part of a message"),
        ({"m/email.html": "x", "m/email.mjml": "x"}, "are the same part"),
    ],
)
def test_blocks_and_files_that_cannot_work_are_refused_at_the_start(
    write: Write, files: dict[str, str], says: str
) -> None:
    with pytest.raises(DefinitionError, match=says):
        write({"m/sms.text": "x", **files})


def test_a_partial_may_render_a_block_and_the_error_in_it_names_the_block(write: Write) -> None:
    templates = write(
        {
            "_blocks/b": "\n{{ event.gap }}",
            "_partials/p": "{% render 'b' %}",
            "m/sms.text": "Hi {% include 'p' %}",
        }
    )
    with pytest.raises(RenderFailed, match=r"_blocks/b\.liquid:2: event\.gap is undefined"):
        templates.render("m", Channel.SMS, {})


def test_a_name_that_ends_like_a_language_is_a_name_where_nothing_is_beside_it(write: Write) -> None:
    templates = write({"_partials/terms.de": "AGB", "m/sms.text": "{% include 'terms.de' %}"})
    assert templates.render("m", Channel.SMS, {}) == SmsContent("AGB")


def test_a_mail_without_a_text_has_that_of_its_html(write: Write) -> None:
    html = '<h1>Hi</h1><p>Your <a href="https://shop.example/cart">cart</a></p>'
    content = write({"m/email.subject": "s", "m/email.html": html}).render("m", Channel.EMAIL, {})
    assert content == EmailContent("s", html, "Hi\n\nYour cart: https://shop.example/cart")


MJML = """<mjml>
  <mj-head><mj-preview>No hurry</mj-preview></mj-head>
  <mj-body>
    <mj-raw>{% include 'person' %}</mj-raw>
    <mj-section><mj-column>
      <mj-text>Hi {{ first_name }}, {{ event.name }}</mj-text>
      <mj-button href="{{ event.url | link }}">Back</mj-button>
    </mj-column></mj-section>
  </mj-body>
</mjml>"""
MAIL = {"m/email.subject": "s", "m/email.mjml": MJML, "_partials/person": "{% assign first_name = 'Ada' %}"}


def test_mjml_is_compiled_before_its_liquid_and_loads_nothing_from_elsewhere(write: Write) -> None:
    content = write(MAIL).render("m", Channel.EMAIL, {"event": {"name": "<b>Shoes</b>"}})
    assert isinstance(content, EmailContent)
    assert "Hi Ada, &lt;b&gt;Shoes&lt;/b&gt;" in content.html
    assert "mj-" not in content.html.replace("mj-column-per-100", "").replace("mj-outlook-group-fix", "")
    assert "fonts.googleapis.com" not in content.html
    assert content.text == "Hi Ada, <b>Shoes</b>\n\nBack"


def test_an_error_in_mjml_is_told_with_the_line_of_the_file(write: Write, tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match=rf"{tmp_path}/m/email\.mjml\.liquid:6: event\.name is undefined"):
        write(MAIL).render("m", Channel.EMAIL, {})
    with pytest.raises(DefinitionError, match=r"email\.mjml\.liquid:7: nothing sets 'evnt'"):
        write({**MAIL, "m/email.mjml": MJML.replace("event.url", "evnt.url")})


@pytest.mark.parametrize(
    "mjml", ["<p>no mjml</p>", "<mjml><mj-body>", '<mjml><mj-body><mj-include path="/etc/passwd"/></mj-body></mjml>']
)
def test_what_is_no_mjml_or_reads_other_files_is_refused(write: Write, mjml: str) -> None:
    with pytest.raises(DefinitionError, match=r"email\.mjml\.liquid: this is no MJML"):
        write({"m/email.subject": "s", "m/email.mjml": mjml})


def test_a_style_sheet_that_asks_for_it_is_written_into_the_elements_and_stays(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p { color: red }")
    html = (
        f'<html><head><link rel="stylesheet" href="{secret.as_uri()}">'
        "<style data-inline>p { color: blue } a:hover { color: red } @media print { p { margin: 0 } }</style>"
        "</head><body><!--[if mso]><table><![endif]--><p>Hi</p></body></html>"
    )
    inlined = inline_styles(html)
    assert '<p style="color: blue;">Hi</p>' in inlined
    assert "a:hover" in inlined
    assert "@media" in inlined
    assert "<!--[if mso]><table><![endif]-->" in inlined
    untouched = html.replace(" data-inline", "")
    assert inline_styles(untouched) == untouched
