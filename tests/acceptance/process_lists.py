"""What anybody on the machine sees of our processes: the command line of each, as ``ps`` shows it."""

import os
from contextlib import suppress
from pathlib import Path

_PARENT = 1  # of the fields of /proc/PID/stat behind the name, which stands in brackets


def command_lines() -> dict[int, str]:
    """The command line of each process that descends from this one, by its number."""
    found: dict[int, str] = {}
    wanted = {os.getpid()}
    parents = dict(sorted(_parents().items()))
    while True:
        more = {pid for pid, parent in parents.items() if parent in wanted} - wanted
        if not more:
            return found
        wanted |= more
        for pid in more:
            with suppress(OSError):  # it has ended
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _parents() -> dict[int, int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[_PARENT])
    return parents
