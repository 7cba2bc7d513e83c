"""The file of rejects beside a file that is imported: each bad line with its number, its fault and its text."""

import os
from pathlib import Path
from typing import BinaryIO

import orjson

from fermata.errors import ConfigurationError

_LONGEST_TEXT = 32 * 1024


def rejects_path(path: Path) -> Path:
    """Where the rejects of a file go: ``events.rejects.ndjson`` for ``events.ndjson``."""
    name = path.name if path.suffix != ".ndjson" else path.stem
    return path.with_name(f"{name}.rejects.ndjson")


class RejectFile:
    """The rejects of one import. It is there as soon as there is one, and what an import that was cut off wrote stays.

    Args:
        path: Of the file of rejects.
        keep: Bytes that belong to what was done before; what lies behind them is written anew.

    Raises:
        ConfigurationError: It cannot be written.
    """

    def __init__(self, path: Path, keep: int) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        try:
            if path.exists() and not keep:
                path.unlink()
            elif path.exists() and path.stat().st_size > keep:
                os.truncate(path, keep)
        except OSError as error:
            raise self._not_written(error) from error
        self.size = keep

    def add(self, line: int, field: str, message: str, text: bytes | None) -> None:
        """Adds a bad line.

        Args:
            line: Its number.
            field: Dotted path of the field at fault, or "".
            message: What is wrong, and the mend.
            text: As it stands in the file; None where it is too long to be kept.
        """
        kept = text[:_LONGEST_TEXT].decode(errors="replace").rstrip("\r\n") if text is not None else None
        written = orjson.dumps({"line": line, "field": field, "message": message, "text": kept}) + b"\n"
        try:
            if self._file is None:
                self._file = self._path.open("ab")
            self._file.write(written)
        except OSError as error:
            raise self._not_written(error) from error
        self.size += len(written)

    def flush(self) -> None:
        """Returns when what was added is on the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()

    def _not_written(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            f"cannot write {self._path}, where bad lines are kept: {error.strerror}; "
            "copy the file to a folder that you may write to, and import it from there"
        )
