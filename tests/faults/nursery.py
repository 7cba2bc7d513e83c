"""A process that has all of Fermata loaded, and becomes the API or a worker as often as it is told to, at once.

``python -m tests.faults.nursery`` reads a ``Birth`` a line on stdin, and answers each with a pid on stdout. When stdin
ends, so do all that it has forked.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import uvloop  # noqa: F401
from pydantic import BaseModel, ConfigDict

import api.process  # noqa: F401 - loaded once, for all that are forked
import tests.faults.parcel  # noqa: F401
from cli.exit import leave, status_of
from cli.process_commands import api as serve
from cli.process_commands import worker as work
from tests.faults.mortal import make_mortal


class Birth(BaseModel):
    """What a process is to become.

    Args:
        kind: Which.
        environment: Added to that of the nursery.
        log: The file that its output is added to.
        fate: The folder that says where a worker dies.
        own: The folder with its clock.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["api", "worker"]
    environment: Mapping[str, str]
    log: Path
    fate: Path
    own: Path


def live(birth: Birth) -> None:
    """Becomes what was ordered, and ends as a ``fermata`` command ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(birth.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.environ.update(birth.environment)
    if birth.kind == "worker":
        make_mortal(birth.fate, birth.own)
    leave(status_of(serve if birth.kind == "api" else work, debug=True))


def main() -> None:
    """Forks what it is told to; whoever ends is forgotten at once."""
    if os.getpgrp() != os.getpid():
        os.setpgrp()  # a group of its own: all of it ends at the end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _tell("loaded")
    for line in sys.stdin:
        birth = Birth.model_validate_json(line)
        pid = os.fork()
        if pid == 0:
            live(birth)
        _tell(str(pid))
    os.killpg(0, signal.SIGKILL)


def _tell(what: str) -> None:
    os.write(sys.stdout.fileno(), f"{what}\n".encode())


if __name__ == "__main__":
    main()
