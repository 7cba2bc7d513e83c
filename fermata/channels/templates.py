"""The words of every message: Liquid files, compiled and checked at the start, rendered within limits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from liquid import BoundTemplate, CachingDictLoader
from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError

from fermata.channels.liquid_limits import FrugalEnvironment
from fermata.channels.money import money
from fermata.channels.port import Content
from fermata.channels.site import Site
from fermata.channels.template_check import check_template
from fermata.channels.template_files import SUFFIX, Source, read_partials, read_parts
from fermata.channels.template_parts import PARTS, Part, fill
from fermata.errors import DefinitionError, FermataError
from fermata.journeys import Message
from fermata.vocabulary import Channel

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_NO_LINKS = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})


class RenderFailed(FermataError):
    """A template could not be rendered with this data. Names file, line and cause, and nothing of the data."""


class EmptyContent(FermataError):
    """A template rendered, and a part that the message needs came out blank."""


class Templates:
    """All templates under some folders.

    A folder holds ``{message}/{part}.liquid`` and, for what several messages share, ``_partials/{name}.liquid`` for
    ``{% include 'name' %}``. Where two folders have the same file, the earlier folder's counts.

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
        partials = read_partials(self._roots)
        self._environments = {html: self._environment(partials, html=html) for html in (True, False)}
        for name, source in partials.items():
            for environment in self._environments.values():
                check_template(_compile(environment, source, name), source, partials, is_partial=True)
        self._sources = {source.path: source for source in partials.values()}
        self._parts: dict[tuple[str, str], BoundTemplate] = {}
        for (message_key, part), source in read_parts(self._roots).items():
            template = _compile(self._environments[part.html], source, source.path.name)
            check_template(template, source, partials)
            self._sources[source.path] = source
            self._parts[message_key, part.name] = template

    def missing(self, message: Message, substitutes: Iterable[Channel] = ()) -> list[Path]:
        """Names the files that must be written before a message can go out on all of its channels.

        Args:
            message: The message.
            substitutes: Channels that the policy may put in the place of the message's own.

        Raises:
            DefinitionError: The message names a channel that has no words yet.
        """
        files: dict[Path, None] = {}
        for channel in (*message.channels, *substitutes):
            for part in _parts_of(channel, message.key):
                if part.required and (message.key, part.name) not in self._parts:
                    files[self._roots[0] / message.key / f"{part.name}{SUFFIX}"] = None
        return list(files)

    def render(self, message_key: str, channel: Channel, context: Mapping[str, object]) -> Content:
        """Writes a message's words for one person.

        Args:
            message_key: The message.
            channel: The channel it goes out on.
            context: ``profile``, ``event`` and ``message``, each a plain mapping; what is absent counts as empty.

        Raises:
            RenderFailed: A template is missing, takes too much, prints what is not there, or fails on the data.
            EmptyContent: A part that the message needs came out blank.
            DefinitionError: The channel has no words yet.
        """
        values = {"profile": {}, "event": {}, "message": {}, **context, "site": _visible(self._site)}
        parts = _parts_of(channel, message_key)
        return fill(channel, {part.field: self._render_part(message_key, part, values) for part in parts})

    def _render_part(self, message_key: str, part: Part, values: Mapping[str, object]) -> str:
        template = self._parts.get((message_key, part.name))
        if template is None:
            if part.required:
                raise RenderFailed(f"there is no template {message_key}/{part.name}{SUFFIX}; write it")
            return ""
        try:
            text = _tidy(template.render(values), part)
        except LiquidError as error:
            raise RenderFailed(self._explain(error, template)) from None
        except Exception as error:
            # Whatever else a filter of Liquid's trips over in the data. Its words may quote it: only the kind is told.
            raise RenderFailed(f"{template.path}: {type(error).__name__} on this person's data") from None
        if not text and part.required:
            raise EmptyContent(f"{template.path} came out blank; give its values a default")
        if part.field == "url" and text and not _is_link(text):
            raise RenderFailed(f"{template.path} came out as something that is no link; use the filter link")
        return text

    def _environment(self, partials: Mapping[str, Source], *, html: bool) -> FrugalEnvironment:
        environment = FrugalEnvironment(autoescape=html, filters={"link": self._site.link, "money": money})
        environment.loader = CachingDictLoader(
            {name: source.text for name, source in partials.items()}, auto_reload=False, capacity=len(partials) or 1
        )
        return environment

    def _explain(self, error: LiquidError, template: BoundTemplate) -> str:
        # Only these two kinds speak of the template alone; the words of others may quote the data.
        told = isinstance(error, ResourceLimitError | UndefinedError)
        words = str(error.message) if told else f"{type(error).__name__} on this person's data"
        if error.token is None:
            return f"{template.path}: {words}"
        own = self._sources[Path(str(template.path))]
        source = next((each for each in (own, *self._sources.values()) if each.text == error.token.source), own)
        return f"{source.at(error.token.start_index)}: {words}"


def _visible(site: Site) -> dict[str, str | None]:
    return {"name": site.name, "url": site.url, "address": site.address}


def _parts_of(channel: Channel, message_key: str) -> tuple[Part, ...]:
    try:
        return PARTS[channel]
    except KeyError:
        known = ", ".join(sorted(PARTS))
        raise DefinitionError(
            f"message {message_key!r}: the channel {channel.value!r} has no templates; use one of {known}"
        ) from None


def _compile(environment: FrugalEnvironment, source: Source, name: str) -> BoundTemplate:
    try:
        return environment.from_string(source.text, name=name, path=source.path)
    except LiquidError as error:
        place = source.at(error.token.start_index) if error.token else str(source.path)
        raise DefinitionError(f"{place}: {error.message}") from None


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
