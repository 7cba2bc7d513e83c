"""Becomes another program, which is told to end when its parent does. Run as a script, by ``cli.stack.child``.

``python -I -S launch.py PARENT_PID SIGNAL USER -- PROGRAM ARGUMENT…``; USER is ``uid:gid``, or ``-`` for no change.
This happens in a program of its own, not in ``preexec_fn``, which may deadlock in a process with threads.
It imports only what is cheap: every child of the stack goes through here.
"""

import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_NOT_FOUND = 127  # what a shell answers for a program that cannot be run


def _take_user(user: str) -> None:
    if user == "-":
        return
    uid, gid = (int(part) for part in user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _linux_prctl() -> Callable[[int, int], object] | None:
    """The system call; None where there is none. To be loaded before the change of user.

    The Python that runs us may lie where the other user cannot read it.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes  # some builds of Python lack it

        call: Callable[[int, int], object] = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    return call


def _die_with_parent(prctl: Callable[[int, int], object] | None, parent: int, number: int) -> None:
    """Asks for the signal ``number`` at the parent's death, also by SIGKILL. To be done after the change of user."""
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(0)


def main(arguments: list[str]) -> None:
    """Changes the user, ties this process to its parent, and becomes the program."""
    parent, number, user, _, *program = arguments
    # Python ignores these two for itself, and a program would inherit that.
    for inherited in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
        signal.signal(inherited, signal.SIG_DFL)
    prctl = _linux_prctl()
    _take_user(user)
    _die_with_parent(prctl, int(parent), int(number))
    try:
        os.execv(program[0], program)  # noqa: S606 - the point of this file
    except OSError as error:
        sys.stderr.write(f"cannot run {program[0]}: {error.strerror}\n")
        sys.exit(_NOT_FOUND)


if __name__ == "__main__":
    main(sys.argv[1:])
