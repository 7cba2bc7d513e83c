"""The words of every message: Liquid files, compiled and checked at the start, rendered within limits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError

from fermata.channels.port import Content
from fermata.channels.site import Site
from fermata.channels.template_files import SUFFIX
from fermata.channels.template_inputs import unmet, written_once
from fermata.channels.template_parts import PARTS, Part, fill
from fermata.channels.template_shelf import Compiled, Shelf
from fermata.channels.template_values import (
    NO_PRODUCTS,
    MissingInput,
    ProductsFound,
    ProductsWanted,
    TooFewProducts,
    products_shown,
    products_wanted,
    typed,
)
from fermata.errors import DefinitionError, FermataError
from fermata.events.verbs import Schema
from fermata.journeys import Message
from fermata.vocabulary import Channel

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_NO_LINKS = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})
_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")


class RenderFailed(FermataError):
    """A template could not be rendered with this data. Names file, line and cause, and nothing of the data."""


class EmptyContent(FermataError):
    """A template rendered, and there is nothing to say: a part came out blank, or a list of products too short."""


class Templates:
    """All templates under some folders.

    ``fermata.channels.template_files`` says which files there are. Where two folders have the same file, the earlier
    folder's counts.

    Args:
        roots: The folders, the most particular first.
        site: Whom the messages speak for.

    Raises:
        DefinitionError: A file cannot be used; it names file, line and mend.
    """

    def __init__(self, roots: Sequence[Path], *, site: Site | None = None) -> None:
        if not roots:
            raise DefinitionError("there is no template folder; give at least one")
        self._roots = tuple(Path(root) for root in roots)
        self._site = site or Site()
        self._shelf = Shelf(self._roots, self._site)
        self._hosts: dict[str, frozenset[str]] = {}

    @property
    def current(self) -> "Templates":
        """These: what has been read does not change. ``LiveTemplates`` follow their files."""
        return self

    def missing(self, message: Message, substitutes: Iterable[Channel] = ()) -> list[Path]:
        """Names the files that must be written before a message can go out on all of its channels.

        Args:
            message: The message.
            substitutes: Channels that the policy may put in the place of the message's own.
        """
        files: dict[Path, None] = {}
        for channel in (*message.channels, *substitutes):
            for part in PARTS[channel]:
                if part.required and self._shelf.find(message.key, part, None) is None:
                    files[self._roots[0] / message.key / f"{part.name}{SUFFIX}"] = None
        return list(files)

    def unmet(self, message_key: str, event: str, schema: Schema) -> list[str]:
        """What the templates of a message speak of and may not find, one line each, with file, line and mend.

        Args:
            message_key: The message.
            event: The event that starts the journey.
            schema: What is known of the event's properties; empty for none.
        """
        return written_once(unmet(self._shelf.spoken(message_key), event, schema))

    def languages(self) -> Iterator[tuple[str, Channel, tuple[str, ...]]]:
        """Every message with each channel that it is written for, and the languages beside the one for everybody."""
        for key in self._shelf.messages:
            for channel, parts in PARTS.items():
                if parts and all(self._shelf.find(key, part, None) for part in parts if part.required):
                    yield key, channel, self._shelf.languages(key, parts[0].channel)

    def written(self, message_key: str, part: Part) -> str | None:
        """What a part says to everybody, where it is written without Liquid; None where it is not, or is not there.

        Args:
            message_key: The message.
            part: One of its parts.
        """
        found = self._shelf.find(message_key, part, None)
        if found is None or "{" in found.source.text:
            return None
        return _tidy(found.source.text, part)

    def tracks_links(self, message_key: str, channel: Channel) -> bool:
        """Whether clicks on a message's links are to be known.

        Args:
            message_key: The message.
            channel: As which it goes out.
        """
        return channel in self._shelf.sheet(message_key).track_links

    def hosts(self, message_key: str) -> frozenset[str]:
        """The hosts that authors wrote into a message's templates, in small letters: links to these are theirs."""
        if message_key not in self._hosts:
            found = (host.lower() for text in self._shelf.texts(message_key) for host in _HOST.findall(text))
            self._hosts[message_key] = frozenset(found)
        return self._hosts[message_key]

    def products(self, message_key: str, context: Mapping[str, object]) -> ProductsWanted:
        """What has to be looked up in the catalogue before a message is rendered.

        Args:
            message_key: The message.
            context: As for ``render``.

        Raises:
            RenderFailed: A value that the message needs is missing.
        """
        return products_wanted(self._typed(message_key, context), self._shelf.sheet(message_key))

    def render(
        self,
        message_key: str,
        channel: Channel,
        context: Mapping[str, object],
        *,
        locale: str | None = None,
        products: ProductsFound = NO_PRODUCTS,
    ) -> Content:
        """Writes a message's words for one person.

        Args:
            message_key: The message.
            channel: The channel it goes out on.
            context: ``profile``, ``event`` and ``message``, each a plain mapping; what is absent counts as empty.
            locale: The person's language; the message's own where it is not written in that.
            products: What ``products`` asked for.

        Raises:
            RenderFailed: A template is missing, takes too much, prints what is not there, or fails on the data.
            EmptyContent: A part that the message needs came out blank, or it has too few products to show.
        """
        parts = PARTS[channel]
        language = self._shelf.language(message_key, parts[0].channel, locale) if parts else None
        values = self._typed(message_key, {"profile": {}, "event": {}, "message": {}, **context})
        try:
            shown = products_shown(values, self._shelf.sheet(message_key), products)
        except TooFewProducts as error:
            raise EmptyContent(f"{message_key}: {error}") from None
        message = {**values["message"], "locale": language or ""}
        values |= {"site": _visible(self._site), "products": shown, "message": message}
        return fill(channel, {part.field: self._render_part(message_key, part, language, values) for part in parts})

    def _typed(self, message_key: str, context: Mapping[str, object]) -> dict[str, Any]:
        try:
            return typed(context, self._shelf.sheet(message_key))
        except MissingInput as error:
            raise RenderFailed(f"{message_key}: {error}") from None

    def _render_part(self, message_key: str, part: Part, language: str | None, values: Mapping[str, object]) -> str:
        found = self._shelf.find(message_key, part, language)
        if found is None:
            if part.required:
                raise RenderFailed(f"there is no template {message_key}/{part.name}{SUFFIX}; write it")
            return ""
        path = found.source.path
        try:
            text = _tidy(found.template.render(values), part)
        except LiquidError as error:
            raise RenderFailed(self._explain(error, found)) from None
        except Exception as error:
            # Whatever else a filter of Liquid's trips over in the data. Its words may quote it: only the kind is told.
            raise RenderFailed(f"{path}: {type(error).__name__} on this person's data") from None
        if not text and part.required:
            raise EmptyContent(f"{path} came out blank; give its values a default")
        if part.field == "url" and text and not _is_link(text):
            raise RenderFailed(f"{path} came out as something that is no link; use the filter link")
        return text

    def _explain(self, error: LiquidError, found: Compiled) -> str:
        # Only these two kinds speak of the template alone; the words of others may quote the data.
        told = isinstance(error, ResourceLimitError | UndefinedError)
        words = str(error.message) if told else f"{type(error).__name__} on this person's data"
        if error.token is None:
            return f"{found.source.path}: {words}"
        own = found.source
        source = own if own.text == error.token.source else self._shelf.source_of(error.token.source, own)
        return f"{source.at(error.token.start_index)}: {words}"


def _visible(site: Site) -> dict[str, str | None]:
    return {"name": site.name, "url": site.url, "address": site.address}


def _tidy(text: str, part: Part) -> str:
    """Takes out what no mail or phone shows: control characters, blank lines that tags left, line breaks in a title."""
    if part.one_line:
        return _CONTROL.sub("", " ".join(text.split()))
    text = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    if part.html:
        return text
    paragraphs = groupby((line.rstrip() for line in text.split("\n")), key=bool)
    return "\n".join("\n".join(lines) if filled else "" for filled, lines in paragraphs)


def _is_link(text: str) -> bool:
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return False
    return bool(scheme) and scheme not in _NO_LINKS and "://" in text and " " not in text
