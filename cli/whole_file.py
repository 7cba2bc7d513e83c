"""A file that is there when it is whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from fermata.errors import ConfigurationError

_OURS_ALONE = 0o600


class WholeFile:
    """Written beside its place and put there at the end of its block: half a document looks like a whole one.

    Args:
        path: Its place. What stands there is replaced.
        mode: Who may read it, less what the process masks; nobody else, unless something else is said.

    Raises:
        ConfigurationError: It cannot be written there, from any of its methods.
    """

    def __init__(self, path: Path, mode: int = _OURS_ALONE) -> None:
        self._path, self._mode = path, mode
        self._beginning = path.with_name(f".{path.name}.{os.getpid()}")

    def __enter__(self) -> Self:
        with self._told():
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder")  # told before the work, not after it
            descriptor = os.open(self._beginning, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
        self._file = os.fdopen(descriptor, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._told():
                self._file.close()
                if kind is None:
                    self._beginning.replace(self._path)
        finally:
            self._beginning.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Writes some more."""
        with self._told():
            self._file.write(piece)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = f"{self._path}: cannot be written: {error.strerror}; name another file"
            raise ConfigurationError(problem) from error
