"""Reads lines from a pipe in constant memory, whatever their length, and as soon as they come."""

from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 16


class TooLong:
    """Stands for a line that is longer than the limit; its text is not kept."""


class Pause:
    """Says that nothing more has come yet: what was written so far should go out before the next read."""


def bounded_lines(stream: BinaryIO, limit: int) -> Iterator[bytes | TooLong | Pause]:
    """Yields each line without its line break, and a pause whenever all that has come so far was yielded.

    Args:
        stream: Where to read; its ``read1`` returns what has come.
        limit: The longest line to keep, in bytes.
    """
    kept = bytearray()
    too_long = False
    while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            kept += part
            yield TooLong() if too_long or len(kept) > limit else bytes(kept)
            kept.clear()
            too_long = False
        kept += rest
        if len(kept) > limit:
            kept.clear()
            too_long = True
        yield Pause()
    if too_long or kept:
        yield TooLong() if too_long else bytes(kept)
