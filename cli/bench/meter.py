"""Runs a program to its end and prints what it took: CPU seconds and peak memory. Run as a script, by ``metered``.

``python -I -S meter.py LAUNCH PROGRAM ARGUMENT…``; stdin is the program's, whose stdout goes nowhere. A process of its
own stands between, since Linux counts into a child's peak what its parent held when it made it: this one holds little.
"""

import os
import sys

_KILL = "9"


def main(arguments: list[str]) -> None:
    """Runs the program and waits for it."""
    launch, *program = arguments
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", launch, str(os.getpid()), _KILL, "-", "--", *program],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    sys.stdout.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss * unit}\n")
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


if __name__ == "__main__":
    main(sys.argv[1:])
