"""Reads events from a file, one JSON object a line, however long the file is. A bad line is told, never fatal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from cli.demo.outgoing import Outgoing
from fermata.errors import NotFound

_LONGEST_LINE = 1024 * 1024
_WHEN_IT_WAS_SENT_FIRST = ("sentAt", "receivedAt")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_events(path: Path, refuse: Callable[[int, str], None]) -> Iterator[Outgoing]:
    """Yields the events of a file in its order, holding one line at a time.

    A line's own ``sentAt`` and ``receivedAt`` are left out: they are of its first journey, and the door would take the
    years since for an error of the sender's clock. The event's ``timestamp`` stays as it is.

    Args:
        path: NDJSON in UTF-8; empty lines count and are passed over.
        refuse: Told the number and the fault of each line that is no event; lines count from 1.

    Raises:
        NotFound: The file cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    with file:
        for number, line in enumerate(_lines(file), start=1):
            if line is None:
                refuse(number, f"longer than {_LONGEST_LINE} bytes")
                continue
            text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
            if not text.strip():
                continue
            event = _parse(text, number, refuse)
            if event is not None:
                yield Outgoing.of(event, line=number, weight=len(line))


def _parse(text: bytes, number: int, refuse: Callable[[int, str], None]) -> dict[str, object] | None:
    try:
        event = orjson.loads(text.strip())
    except orjson.JSONDecodeError as error:
        refuse(number, f"not JSON: {error.msg} at column {error.colno}")
        return None
    if not isinstance(event, dict):
        refuse(number, f"an event is a JSON object, not {_said(event)}")
        return None
    for name in _WHEN_IT_WAS_SENT_FIRST:
        event.pop(name, None)
    return event


def _said(value: object) -> str:
    names = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is read past in pieces."""
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) <= _LONGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(_LONGEST_LINE)
        yield None
