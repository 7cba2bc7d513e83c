"""A lock on a folder, held by one process and freed by the system when that process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from fermata.errors import ConfigurationError


class FolderLock:
    """Keeps a second process from using a folder. Open it with ``FolderLock.take``, and close it.

    Args:
        descriptor: The open lock file.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, *, used_by: str) -> "FolderLock":
        """Takes the lock of a folder.

        Args:
            folder: It is made when it is not there.
            used_by: What to call the holder in the error, for example ``"fermata dev"``.

        Raises:
            ConfigurationError: Another process holds it; the message names it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise ConfigurationError(
                f"{folder} is in use by another {used_by} (process {holder}); stop that one or choose another folder"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Gives the folder free. The file stays: taking it away would let two others lock two files of one name."""
        os.close(self._descriptor)
