"""All templates of a deployment, compiled and checked, by message, part and language."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from liquid import BoundTemplate

from fermata.channels.locales import chain
from fermata.channels.message_sheet import NO_SHEET, Sheet, read_sheet
from fermata.channels.site import Site
from fermata.channels.template_check import Place, check_template
from fermata.channels.template_environments import Environments
from fermata.channels.template_files import SUFFIX, Shared, read_parts, read_shared, read_sheets
from fermata.channels.template_inputs import Spoken, never_there, written_once
from fermata.channels.template_parts import BY_NAME, Part
from fermata.channels.template_source import Source
from fermata.channels.template_uses import uses_of
from fermata.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Compiled:
    """One part of a message in one language.

    Args:
        template: The Liquid.
        source: The file.
        locale: In whose shared files it looks; None for everybody's.
    """

    template: BoundTemplate
    source: Source
    locale: str | None


_Files = dict[tuple[str, Part, str | None], Source]


class Shelf:
    """Finds templates.

    Args:
        roots: The folders, the most particular first.
        site: Whom the messages speak for.

    Raises:
        DefinitionError: A file cannot be used; it names file, line and mend.
    """

    def __init__(self, roots: Sequence[Path], site: Site) -> None:
        shared = read_shared(roots)
        self._environments = Environments(shared, site)
        self._shared = list(shared.values())
        self._check_shared(shared)
        files = read_parts(roots)
        self._sheets = {key: (read_sheet(source), source) for key, source in read_sheets(roots).items()}
        self._languages: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
        for key, part, locale in files:
            self._languages[key, part.channel].add(locale)
        self._compiled: dict[tuple[str, str, str | None], Compiled] = {}
        for (key, channel), locales in self._languages.items():
            for locale in locales:
                self._compile(files, key, channel, locale)
        self._check_names()

    def sheet(self, message_key: str) -> Sheet:
        """What a message says of itself."""
        return self._sheets[message_key][0] if message_key in self._sheets else NO_SHEET

    def language(self, message_key: str, channel: str, locale: str | None) -> str | None:
        """The language in which a message is written to somebody; None for the one that is for everybody.

        Args:
            message_key: The message.
            channel: As its files call it: ``email``, ``card``, ….
            locale: The person's.
        """
        written = self._languages.get((message_key, channel), set())
        return next((each for each in chain(locale) if each in written), None)

    def find(self, message_key: str, part: Part, locale: str | None) -> Compiled | None:
        """A part in a language that ``language`` named."""
        return self._compiled.get((message_key, part.name, locale))

    def source_of(self, text: str, own: Source) -> Source:
        """The file that a text was compiled from: the part itself, or one that it shares with others."""
        return next((each.source for each in self._shared if each.source.text == text), own)

    def spoken(self, message_key: str) -> Spoken:
        """What a message speaks of, in all its parts and languages."""
        sheet, sheet_source = self._sheets.get(message_key, (NO_SHEET, None))
        uses = []
        for (key, _, _), compiled in self._compiled.items():
            if key == message_key:
                shared = self._environments.shared(compiled.locale)
                for use in uses_of(compiled.template):
                    file = shared.get(use.template)
                    uses.append((use, file.source if file is not None else compiled.source))
        return Spoken(sheet, sheet_source, tuple(uses))

    def texts(self, message_key: str) -> Iterator[str]:
        """All that authors wrote for a message: its own files, and those that it may share with others."""
        yield from (each.source.text for (key, _, _), each in self._compiled.items() if key == message_key)
        yield from (each.source.text for each in self._shared)

    @property
    def messages(self) -> tuple[str, ...]:
        """The keys of all messages that have a file, in alphabetical order."""
        return tuple(sorted({key for key, _ in self._languages}))

    def languages(self, message_key: str, channel: str) -> tuple[str, ...]:
        """The languages in which a channel of a message is written, beside the one that is for everybody."""
        return tuple(sorted(filter(None, self._languages.get((message_key, channel), set()))))

    def _check_shared(self, shared: dict[tuple[str, str | None], Shared]) -> None:
        for (name, locale), file in shared.items():
            for html in (True, False):
                template = self._environments.compile(file.source, name, locale, html=html)
                place: Place = "block" if file.is_block else "partial"
                check_template(template, file.source, self._environments.shared(locale), place)

    def _compile(self, files: _Files, key: str, channel: str, locale: str | None) -> None:
        """Compiles a channel of a message in one language."""
        for part in dict.fromkeys(BY_NAME.values()):
            if part.channel == channel:
                source = _source(files, key, part, locale)
                if source is not None:
                    template = self._environments.compile(source, source.path.name, locale, html=part.html)
                    check_template(template, source, self._environments.shared(locale), "message")
                    self._compiled[key, part.name, locale] = Compiled(template, source, locale)
                elif locale is not None and part.required:
                    folder = next(file.path.parent for (each, _, _), file in files.items() if each == key)
                    raise DefinitionError(
                        f"{folder / f'{part.name}.{locale}{SUFFIX}'} is missing: this channel of {key!r} is written in "
                        f"{locale!r} only in part; write it, or take the other parts in this language away"
                    )

    def _check_names(self) -> None:
        wrong = written_once(problem for key in self.messages for problem in never_there(self.spoken(key)))
        if wrong:
            raise DefinitionError("\n".join(wrong))


def _source(files: _Files, key: str, part: Part, locale: str | None) -> Source | None:
    """The file of a part. Words of another language never stand in for those of this one; an address may."""
    last: tuple[None, ...] = () if locale is not None and part.speaks else (None,)
    found = (files.get((key, part, each)) for each in (*chain(locale), *last))
    return next((source for source in found if source is not None), None)
