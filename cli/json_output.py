"""What ``--json`` prints: one JSON document on standard output and nothing else."""

import sys

import orjson
from pydantic import BaseModel


def print_json(document: object) -> None:
    """Prints a document.

    Args:
        document: Pydantic models, dataclasses and plain values; instants are written in UTC.
    """
    written = orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    sys.stdout.buffer.write(written + b"\n")
    sys.stdout.flush()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no form in JSON")
