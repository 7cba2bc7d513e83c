"""The lines of a file, one at a time, each with its number and where it ends: a file of any length in little memory."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fermata.errors import NotFound

LONGEST_LINE = 1024 * 1024
"""Bytes. A message has at most 32 KB of JSON, but may be written with spaces."""

_CHUNK = 1024 * 1024


class Line(NamedTuple):
    """A line of a file.

    Args:
        number: From 1.
        text: Without its line break; None where it is longer than a line may be.
        size: Bytes, with its line break.
    """

    number: int
    text: bytes | None
    size: int


class LineFile:
    """A file that is read line by line, and knows the digest of all that it has yielded.

    Args:
        path: Of the file.

    Raises:
        NotFound: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise NotFound(f"cannot read {path}: {error.strerror}") from error
        self._digest = blake2b(digest_size=16)
        self._number = 0

    def __enter__(self) -> "LineFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def digest(self) -> bytes:
        """Of everything before the next line."""
        return self._digest.digest()

    def skip(self, position: int, line: int, digest: bytes) -> bool:
        """Goes on where an earlier reading ended.

        Args:
            position: Bytes that were read then.
            line: Lines that were read then.
            digest: Of those bytes.

        Returns:
            False where the file is another by now; then it is at its start.
        """
        left = position
        while left and (chunk := self._file.read(min(left, _CHUNK))):
            self._digest.update(chunk)
            left -= len(chunk)
        if not left and self.digest == digest:
            self._number = line
            return True
        self._file.seek(0)
        self._digest = blake2b(digest_size=16)
        return False

    def lines(self) -> Iterator[Line]:
        """Yields the lines from here on. A last line without a line break counts."""
        while piece := self._file.readline(LONGEST_LINE + 1):
            self._number += 1
            self._digest.update(piece)
            size, text = len(piece), piece
            while len(piece) > LONGEST_LINE and not piece.endswith(b"\n"):
                piece = self._file.readline(LONGEST_LINE + 1)
                self._digest.update(piece)
                size += len(piece)
            yield Line(self._number, text if size <= LONGEST_LINE else None, size)
