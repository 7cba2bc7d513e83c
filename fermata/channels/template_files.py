"""Where template files lie, and what is in them.

    {message}/{part}.liquid             the words of a message: email.subject, email.html, sms.text, …
    {message}/{part}.{locale}.liquid    the same for those who read another language: email.html.fr-CA.liquid
    {message}/message.toml              what the message needs (``message_sheet``)
    _partials/{name}.liquid             what several messages share, for ``{% include 'name' %}``: it may set variables
    _blocks/{name}.liquid               a piece of content for ``{% render 'name', a: 1 %}``, in a scope of its own

Partials and blocks come by locale too. Of two folders with the same file, the earlier one's counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fermata.channels.locales import read_locale
from fermata.channels.mail_html import compile_mjml
from fermata.channels.template_parts import BY_NAME, MJML, Part
from fermata.channels.template_source import Source
from fermata.errors import DefinitionError

SUFFIX = ".liquid"
SHEET = "message.toml"

_PARTIALS = "_partials"
_BLOCKS = "_blocks"
_LONGEST_SOURCE = 128 * 1024


@dataclass(frozen=True, slots=True)
class Shared:
    """A file that messages share.

    Args:
        source: The file.
        is_block: It has a scope of its own, and is rendered; a partial is included.
    """

    source: Source
    is_block: bool


def read_shared(roots: Sequence[Path]) -> dict[tuple[str, str | None], Shared]:
    """Reads partials and blocks, by name and locale.

    Raises:
        DefinitionError: A file cannot be read, or a partial and a block have one name.
    """
    found: dict[tuple[str, str | None], Shared] = {}
    for folder, is_block in ((_PARTIALS, False), (_BLOCKS, True)):
        for root in roots:
            paths = {path.name.removesuffix(SUFFIX): path for path in sorted((root / folder).glob(f"*{SUFFIX}"))}
            for stem, path in paths.items():
                name, locale = _localised(stem)
                # "terms.de" is German only beside "terms"; alone, it is a name.
                key = (name, locale) if locale is not None and name in paths else (stem, None)
                shared = found.setdefault(key, Shared(_read(path), is_block))
                if shared.is_block is not is_block:
                    raise DefinitionError(f"{path}: {shared.source.path} has the same name; rename one of them")
    return found


def read_parts(roots: Sequence[Path]) -> dict[tuple[str, Part, str | None], Source]:
    """Reads the parts of all messages, by message key, part and locale. MJML comes out as the HTML it stands for.

    Raises:
        DefinitionError: A folder is missing, a file cannot be read, its name is that of no part, or a mail is written
            both in HTML and in MJML.
    """
    parts: dict[tuple[str, Part, str | None], Source] = {}
    for root in roots:
        if not root.is_dir():
            raise DefinitionError(f"there is no template folder {root}; make it, or name another")
        here: dict[tuple[str, Part, str | None], Path] = {}
        for path in sorted(root.glob(f"[!_]*/*{SUFFIX}")):
            name, locale = _part_name(path)
            part = BY_NAME[name]
            other = here.setdefault((path.parent.name, part, locale), path)
            if other is not path:
                raise DefinitionError(f"{path} and {other} are the same part; take one of them away")
            if (path.parent.name, part, locale) not in parts:
                source = _read(path)
                parts[path.parent.name, part, locale] = compile_mjml(source) if name == MJML else source
    return parts


def read_sheets(roots: Sequence[Path]) -> dict[str, Source]:
    """Reads what messages say they need, by message key."""
    sheets: dict[str, Source] = {}
    for root in roots:
        for path in sorted(root.glob(f"[!_]*/{SHEET}")):
            sheets.setdefault(path.parent.name, _read(path))
    return sheets


def _part_name(path: Path) -> tuple[str, str | None]:
    stem = path.name.removesuffix(SUFFIX)
    name, locale = (stem, None) if stem in BY_NAME else _localised(stem)
    if name not in BY_NAME:
        known = ", ".join(f"{each}{SUFFIX}" for each in sorted(BY_NAME))
        raise DefinitionError(
            f"{path} is no part of a message; name it one of {known}, with a language before {SUFFIX} if need be"
        )
    return name, locale


def _localised(stem: str) -> tuple[str, str | None]:
    name, _, tag = stem.rpartition(".")
    locale = read_locale(tag)
    return (name, locale) if name and locale is not None else (stem, None)


def _read(path: Path) -> Source:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path} cannot be read as UTF-8: {error}") from None
    if len(text) > _LONGEST_SOURCE:
        raise DefinitionError(f"{path} is longer than {_LONGEST_SOURCE} characters; shorten it")
    return Source(path, text)
