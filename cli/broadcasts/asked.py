"""What options on the command line say of a broadcast: when, how fast, with which properties."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import orjson
import typer

from fermata.broadcasts import LocalTime, Rate
from fermata.broadcasts.definition import Properties
from fermata.broadcasts.local_time import read_local_time
from fermata.broadcasts.rate import read_rate

_Read = TypeVar("_Read")


def rate_of(text: str | None) -> Rate | None:
    """Reads ``--rate``.

    Raises:
        typer.BadParameter: It is no rate.
    """
    return _read(text, read_rate)


def local_time_of(text: str | None) -> LocalTime | None:
    """Reads ``--local-time``.

    Raises:
        typer.BadParameter: It is no local time.
    """
    return _read(text, read_local_time)


def instant_of(text: str | None) -> datetime | None:
    """Reads ``--at``.

    Raises:
        typer.BadParameter: It is no instant.
    """
    return _read(text, _instant)


def properties_of(given: Sequence[str]) -> Properties:
    """Reads ``--set name=value``; a value that is JSON is what it says, any other is text.

    Raises:
        typer.BadParameter: One has no name.
    """
    found: Properties = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} names no property; write --set title='Spring sale'")
        found[name] = _value(value)
    return found


def _value(text: str) -> str | int | float | bool | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if value is None or isinstance(value, str | int | float | bool) else text


def _instant(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is no instant; write 2026-12-01T09:00Z") from None
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write {text}Z for UTC, or --local-time {text} for each one's clock")
    return at


def _read(text: str | None, reader: Callable[[object], _Read]) -> _Read | None:
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
