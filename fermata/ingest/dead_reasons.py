"""Why something could not be done, in words that tell of nobody: the kind of an error and where it arose."""

import traceback
from pathlib import PurePath

import asyncpg
from pydantic import ValidationError

from fermata.database import AWAY
from fermata.errors import FermataError

_OF_THE_DATA: tuple[type[Exception], ...] = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What Postgres refuses for what is in a row. All else that it refuses lies with the deployment."""
_LAST = 2


def is_poison(error: Exception) -> bool:
    """Tells whether an error lies with what was being processed, so that the same again would fail again.

    Args:
        error: What was raised.
    """
    if isinstance(error, (FermataError, *AWAY)):
        return False
    return isinstance(error, _OF_THE_DATA) if isinstance(error, asyncpg.PostgresError) else True


def reason_of(error: BaseException) -> str:
    """The kind of an error, what it is about, and where it arose. Its message is left out: it may quote a person.

    Args:
        error: What was raised.

    Returns:
        For example ``"KeyError at fermata/traits/rfm.py:88"``.
    """
    kind = type(error).__name__
    if isinstance(error, ValidationError):
        # A key of a mapping can be anybody's word; the names of our own fields are not.
        faults = sorted({f"{each['loc'][0] if each['loc'] else 'payload'} {each['type']}" for each in error.errors()})
        return f"{kind}: {', '.join(faults)}"
    told = ""
    if isinstance(error, asyncpg.PostgresError):
        named = getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
        told = f" {getattr(error, 'sqlstate', None) or ''}{f' ({named})' if named else ''}".rstrip()
    places = [
        f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(".py") and "site-packages" not in frame.filename
    ]
    return f"{kind}{told} at {' < '.join(reversed(places[-_LAST:]))}" if places else f"{kind}{told}"
