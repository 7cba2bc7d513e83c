"""Finds the line of a TOML document that a path of keys leads to, for error messages."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"' ]+?)\s*=")


def line_of(path: Sequence[str | int], text: str) -> int | None:
    """Returns the line, counted from 1, of the deepest part of the path that the document writes on a line of its own.

    Args:
        path: Keys from the top of the document; positions in arrays are passed over.
        text: The document.
    """
    keys = tuple(part for part in path if isinstance(part, str))
    best: tuple[int, int | None] = (0, None)
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _split(header[1])
            best = max(best, _matched(table, keys, number), key=lambda found: found[0])
            continue
        key = _KEY.match(line)
        if key:
            best = max(best, _matched((*table, *_split(key[1])), keys, number), key=lambda found: found[0])
    return best[1]


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _matched(written: tuple[str, ...], keys: tuple[str, ...], number: int) -> tuple[int, int]:
    """Returns how many keys a line matches; 0 where it leads elsewhere. A header may lead further than the path."""
    depth = min(len(written), len(keys))
    return (depth if keys[:depth] == written[:depth] else 0, number)
