"""What a payload may not be, whatever it says: too large, too deep, or of characters that Postgres cannot store."""

from collections.abc import Mapping
from typing import Any

import orjson

from fermata.errors import InvalidEvent

LARGEST_MESSAGE = 32 * 1024
"""Bytes of JSON in one message: the limit of the Segment spec."""

_DEEPEST = 32


def check_bounds(payload: Mapping[str, Any]) -> None:
    """Refuses a payload that could not be stored, or whose size or depth is out of all proportion.

    Args:
        payload: As it came out of the JSON parser.

    Raises:
        InvalidEvent: With the dotted field at fault, or "" where the whole message is too large.
    """
    _check_tree(payload)
    try:
        size = len(orjson.dumps(payload))
    except TypeError as error:  # orjson: a lone surrogate, or an integer of more than 64 bits
        raise InvalidEvent(f"the message cannot be written as JSON: {error}") from None
    if size > LARGEST_MESSAGE:
        raise InvalidEvent(f"the message is {size:,} bytes; at most {LARGEST_MESSAGE:,} are accepted")


def _check_tree(payload: Mapping[str, Any]) -> None:
    waiting: list[tuple[str, Any, int]] = [("", payload, 1)]
    while waiting:
        path, container, depth = waiting.pop()
        if depth > _DEEPEST:
            raise InvalidEvent(f"nested more than {_DEEPEST} levels deep", field=_top(path))
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for key, value in items:
            if isinstance(key, str) and "\0" in key:
                raise InvalidEvent(f"the name {key!r} contains the character NUL; leave it out", field=path)
            if isinstance(value, str):
                if "\0" in value:
                    raise InvalidEvent("contains the character NUL; leave it out", field=_join(path, key))
            elif isinstance(value, (dict, list)):
                waiting.append((_join(path, key), value, depth + 1))


def _join(path: str, key: str | int) -> str:
    return f"{path}.{key}" if path else str(key)


def _top(path: str) -> str:
    # The whole path of something too deep would be as absurd as the payload.
    return ".".join(path.split(".")[:3])
