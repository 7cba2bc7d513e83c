"""How every ``fermata`` command ends: its exit status, one line for an error, and a way out that cannot crash.

0: done. 1: a failure, named in one line on stderr. 2: wrong usage. 130: Ctrl-C.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from fermata.errors import FermataError

FAILURE = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def status_of(command: Callable[[], object], *, debug: bool) -> int:
    """Runs a command, and returns the exit status that it ends with. Errors are told on stderr.

    Args:
        command: What to run.
        debug: Whether an error is told with its traceback.
    """
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except FermataError as error:
        _tell(str(error), debug=debug)
        return FAILURE
    except Exception as error:
        _tell(f"unexpected {type(error).__name__}: {error} (run it again with --debug to see where)", debug=debug)
        return FAILURE
    return 0


def leave(status: int) -> NoReturn:
    """Ends the process at once, its output flushed.

    The interpreter's own way out can crash after the Temporal SDK was used: its threads outlive what they need
    (sdk-python issue 300).

    Args:
        status: The exit status.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read us may be gone
            stream.flush()
    os._exit(status)


def _tell(message: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    with suppress(OSError):
        sys.stderr.write(f"fermata: {message}\n")
