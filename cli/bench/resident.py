"""How much memory a process holds right now, as the system tells it."""

import subprocess

from fermata.errors import Unavailable

_UNIT = 1024  # bytes: ps tells kibibytes


def resident(pid: int) -> int:
    """The resident memory of a process, in bytes.

    Args:
        pid: Its number.

    Raises:
        Unavailable: There is no such process.
    """
    answer = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - ps is where PATH says
    if not answer.stdout.strip():
        raise Unavailable(f"no process has the number {pid}: it has ended, and its memory cannot be measured")
    return int(answer.stdout) * _UNIT
