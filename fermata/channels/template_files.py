"""Where template files lie, and what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fermata.channels.template_parts import BY_NAME, Part
from fermata.errors import DefinitionError

SUFFIX = ".liquid"

_PARTIALS = "_partials"
_LONGEST_SOURCE = 128 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A template file.

    Args:
        path: Where it is.
        text: What it says.
    """

    path: Path
    text: str

    def at(self, index: int) -> str:
        """The place of a character, as ``file:line``. A negative index is the end: something was left open there."""
        return f"{self.path}:{self.text.count(chr(10), 0, index if index >= 0 else len(self.text)) + 1}"


def read_partials(roots: Sequence[Path]) -> dict[str, Source]:
    """Reads what several messages share, by name. Of two folders with the same file, the earlier one's counts."""
    partials: dict[str, Source] = {}
    for root in roots:
        for path in sorted((root / _PARTIALS).glob(f"*{SUFFIX}")):
            partials.setdefault(path.name.removesuffix(SUFFIX), _read(path))
    return partials


def read_parts(roots: Sequence[Path]) -> dict[tuple[str, Part], Source]:
    """Reads the parts of all messages, by message key and part.

    Raises:
        DefinitionError: A folder is missing, a file cannot be read, or its name is that of no part.
    """
    parts: dict[tuple[str, Part], Source] = {}
    for root in roots:
        if not root.is_dir():
            raise DefinitionError(f"there is no template folder {root}; make it, or name another")
        for path in sorted(root.glob(f"[!_]*/*{SUFFIX}")):
            part = BY_NAME.get(path.name.removesuffix(SUFFIX))
            if part is None:
                known = ", ".join(f"{name}{SUFFIX}" for name in sorted(BY_NAME))
                raise DefinitionError(f"{path} is no part of a message; name it one of {known}")
            parts.setdefault((path.parent.name, part), _read(path))
    return parts


def _read(path: Path) -> Source:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path} cannot be read as UTF-8: {error}") from None
    if len(text) > _LONGEST_SOURCE:
        raise DefinitionError(f"{path} is longer than {_LONGEST_SOURCE} characters; shorten it")
    return Source(path, text)
