"""What ``--json`` prints: one JSON document on standard output and nothing else."""

import sys
from datetime import timedelta

import orjson
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

_FORM = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def print_json(document: object) -> None:
    """Prints a document.

    Args:
        document: Pydantic models, dataclasses and plain values; instants are written in UTC.
    """
    written = orjson.dumps(document, default=_plain, option=_FORM)
    sys.stdout.buffer.write(written + b"\n")
    sys.stdout.flush()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, timedelta):
        return to_jsonable_python(value)  # ISO 8601: "P14D"
    raise TypeError(f"{type(value).__name__} has no form in JSON")
