"""Lines from a pipe, however they are cut on the way."""

from io import BytesIO
from typing import BinaryIO, cast

from hypothesis import given
from hypothesis import strategies as st

from cli.bounded_lines import Pause, TooLong, bounded_lines

LIMIT = 8


class Pieces:
    """A stream that gives what it was given, piece by piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def read1(self, size: int) -> bytes:
        del size
        return self._pieces.pop(0) if self._pieces else b""


def _lines(stream: object) -> list[bytes | None]:
    found = bounded_lines(cast("BinaryIO", stream), LIMIT)
    return [None if isinstance(line, TooLong) else line for line in found if not isinstance(line, Pause)]


@given(st.lists(st.text(alphabet="ab\n", max_size=12).map(str.encode), max_size=12))
def test_lines_are_the_same_however_the_stream_is_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = whole.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert _lines(Pieces(pieces)) == [line if len(line) <= LIMIT else None for line in expected]


def test_a_line_without_an_end_keeps_no_more_than_the_limit() -> None:
    assert _lines(BytesIO(b"a" * 1_000_000)) == [None]
