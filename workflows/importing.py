"""Imports the file of a journey; what is wrong in it is told with file, line and mend, as the worker's checks do."""

import importlib
import traceback
from types import ModuleType

from pydantic import ValidationError

from fermata.errors import DefinitionError, FermataError
from fermata.segments.invalid import told


def import_file(name: str) -> ModuleType:
    """Imports a module.

    Args:
        name: With its package.

    Raises:
        DefinitionError: Its code fails; the message names the line, what was wrong there, and the mend.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise DefinitionError(f"{_place(error, name)}: {_said(error)}") from error


def _place(error: Exception, name: str) -> str:
    if isinstance(error, SyntaxError) and error.filename is not None:
        return f"{error.filename}:{error.lineno}"
    # The last line that belongs to a module itself, and not to what it calls, is the author's.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.name == "<module>"]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name


def _said(error: Exception) -> str:
    match error:
        case ValidationError():
            return f"{error.title}: {told(error)}; mend it there"
        case SyntaxError():
            return f"{error.msg}; mend it there"
        case ModuleNotFoundError():
            return f"imports {error.name}, which is not there; install it, or correct the name"
        case FermataError():
            return str(error)
        case _:
            return f"{type(error).__name__}: {error}; mend it there"
