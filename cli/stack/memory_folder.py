"""A folder in memory, where the machine has one: for files that need not outlive the process, and are many."""

import os
import shutil
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - Linux' own; what is put there has a name of its own
_ENOUGH = 2 * 1024**3  # bytes; a container's default of 64 MB is none


def memory_folder() -> Path | None:
    """Returns the folder, or None where there is none or too little is free: then a folder on the disk must do.

    A database is a thousand small files; on some disks it takes twenty times as long to make one as in memory.
    """
    if not os.access(_SHARED_MEMORY, os.W_OK | os.X_OK):
        return None
    return _SHARED_MEMORY if shutil.disk_usage(_SHARED_MEMORY).free >= _ENOUGH else None
