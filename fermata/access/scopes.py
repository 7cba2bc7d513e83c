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


MEANINGS = {
    Scope.INGEST: "send events, as the SDKs do; a key with this alone may stand in an app",
    Scope.READ: "read profiles, decisions, runs, broadcasts and the policy",
    Scope.WRITE: "change profiles and what lies in their inbox",
    Scope.OPERATE: "pause, resume and end runs, start and hold broadcasts, send rejected events again",
    Scope.ADMIN: "everything, also the export of a profile and the policy",
}
"""What each scope lets a key do, for people."""


def allows(scopes: Collection[Scope], wanted: Scope) -> bool:
    """Tells whether a key of these scopes may do what needs ``wanted``; ``admin`` may do everything."""
    return wanted in scopes or Scope.ADMIN in scopes
