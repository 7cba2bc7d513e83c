"""Writes a message as somebody would get it, from values in files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import typer
from pydantic import SecretStr

from cli.json_output import print_json
from cli.template_check import templates_of
from fermata.catalogue import InvalidProduct, Product, read_product, shown
from fermata.channels import Content, EmailContent, SmsContent, Templates
from fermata.channels.short_links import shorten
from fermata.channels.sms_segments import segments_of
from fermata.channels.template_values import ProductsFound
from fermata.channels.tracked_links import TrackedLinks
from fermata.errors import ConfigurationError, NotFound
from fermata.profiles.consent_links import ConsentLinks, UnsubscribeLink
from fermata.settings import Settings, read_settings
from fermata.vocabulary import Channel, ConsentPurpose

_NOBODY = UUID(int=0)
_NO_SECRET = SecretStr("of a preview, whose links lead nowhere")


@dataclass(frozen=True)
class Given:
    """What a preview is written from.

    Args:
        event: Properties of the event.
        profile: Traits.
        products: What the catalogue would have.
    """

    event: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)
    products: tuple[Product, ...] = ()

    @classmethod
    def read(cls, *, event: Path | None, profile: Path | None, products: Path | None) -> "Given":
        """Reads the files.

        Raises:
            ConfigurationError: A file cannot be read, or is not what it should be.
        """
        listed = _json(products) if products is not None else []
        if not isinstance(listed, list):
            raise ConfigurationError(f"{products} holds no list of products; write [{{…}}, {{…}}]")
        try:
            read = tuple(read_product(each) for each in listed)
        except InvalidProduct as error:
            raise ConfigurationError(f"{products}: {error.field} {error}") from None
        return cls(_object(event, "properties"), _object(profile, "traits"), read)

    @property
    def found(self) -> ProductsFound:
        """The products as they would be looked up, the last of the file first in its category."""
        by_category: dict[str, list[Mapping[str, Any]]] = {}
        for product in reversed(self.products):
            if product.category is not None:
                by_category.setdefault(product.category, []).append(shown(product))
        return ProductsFound({each.product_id: shown(each) for each in self.products}, by_category)


def preview_message(
    key: str, channel: Channel | None, locale: str | None, given: Given, *, html: Path | None, as_json: bool
) -> None:
    """Writes the words to the terminal, and the mail's HTML to a file where one is named.

    Args:
        key: The message.
        channel: Only this one; None for all that it is written for.
        locale: The person's language.
        given: What it is written from.
        html: Where the HTML goes.
        as_json: Print one JSON document.

    Raises:
        RenderFailed, EmptyContent: It cannot be written from this.
        NotFound: There is no such message, or it is not written for the channel.
        ConfigurationError: The file cannot be written.
    """
    settings = read_settings()
    _, templates = templates_of(settings)
    contents = {
        each: _written(templates, settings, key, each, locale, given) for each in _channels(templates, key, channel)
    }
    mail = contents.get(Channel.EMAIL)
    if html is not None:
        if not isinstance(mail, EmailContent):
            raise NotFound(f"{key} is no mail here, so there is no HTML to write; leave --html out, or name email")
        _write(html, mail.html)
    if as_json:
        print_json({each.value: asdict(content) for each, content in contents.items()})
        return
    for each, content in contents.items():
        _show(each, content)


def _channels(templates: Templates, key: str, channel: Channel | None) -> list[Channel]:
    written = [each for message, each, _ in templates.languages() if message == key]
    if not written:
        known = ", ".join(sorted({message for message, _, _ in templates.languages()}))
        raise NotFound(f"no message {key!r} is written; there are {known}")
    if channel is not None and channel not in written:
        raise NotFound(f"{key} is not written for {channel}; it is for {', '.join(written)}")
    return [channel] if channel is not None else written


def _written(
    templates: Templates, settings: Settings, key: str, channel: Channel, locale: str | None, given: Given
) -> Content:
    message = {"key": key, "journey": "preview", **_links(settings, channel)}
    context = {"event": given.event, "profile": given.profile, "message": message}
    content = templates.render(key, channel, context, locale=locale, products=given.found)
    if isinstance(content, SmsContent) and templates.tracks_links(key, channel):
        # In a text every character counts: its links are as long as those that are sent.
        tracked = TrackedLinks(_NO_SECRET, settings.public_url, settings.site_url, settings.short_url)
        text, _ = shorten(content.text, _NOBODY, tracked, hosts=templates.hosts(key))
        return SmsContent(text)
    return content


def _links(settings: Settings, channel: Channel) -> Mapping[str, str]:
    """Links that lead nowhere; in a text they are as long as those that are sent."""
    if channel is Channel.SMS:
        stop = UnsubscribeLink(
            profile_id=_NOBODY, channel=channel, purpose=ConsentPurpose.MARKETING, decision_id=_NOBODY
        )
        return {"unsubscribe_url": ConsentLinks(_NO_SECRET, settings.public_url).unsubscribe_url(stop)}
    return {f"{name}_url": f"{settings.public_url.rstrip('/')}/{name}/preview" for name in ("unsubscribe", "confirm")}


def _show(channel: Channel, content: Content) -> None:
    typer.secho(channel.value, bold=True)
    for name, value in asdict(content).items():
        if name == "html":
            typer.echo(f"  html: {len(value.encode()):,} bytes; write them to a file with --html")
        elif value:
            lines = str(value).split("\n")
            typer.echo(f"  {name}: " + ("\n    ".join(["", *lines]) if len(lines) > 1 else lines[0]))
    if isinstance(content, SmsContent):
        typer.echo(f"  {segments_of(content.text)}")


def _object(path: Path | None, inside: str) -> Mapping[str, Any]:
    """The object in a file; where it has one of this name in it, that one."""
    if path is None:
        return {}
    read = _json(path)
    within = read.get(inside, read) if isinstance(read, dict) else None
    if not isinstance(within, dict):
        raise ConfigurationError(f"{path} holds no JSON object; write the {inside} as {{…}}")
    return within


def _json(path: Path) -> object:
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
