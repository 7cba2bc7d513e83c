"""What a key allows."""

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key allows. A write key has ``ingest`` alone: it may stand in an app that anybody can read."""

    INGEST = "ingest"
    READ = "read"
    WRITE = "write"
    OPERATE = "operate"
    ADMIN = "admin"


def allows(scopes: Collection[Scope], wanted: Scope) -> bool:
    """Tells whether a key of these scopes may do what needs ``wanted``; ``admin`` may do everything."""
    return wanted in scopes or Scope.ADMIN in scopes
