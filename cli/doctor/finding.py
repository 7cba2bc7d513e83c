"""What the doctor finds: one line each, with how bad it is and what mends it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"  # it works, and will not always, or not safely
    FAIL = "fail"  # something does not work


class Finding(BaseModel):
    """One thing that was looked at.

    Args:
        check: What was looked at: "postgres schema".
        level: How bad it is.
        found: What there is.
        mend: What to do; None where all is well.
    """

    model_config = ConfigDict(frozen=True)

    check: str
    level: Level
    found: str
    mend: str | None = None


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check=check, level=Level.OK, found=found)


def warn(check: str, found: str, mend: str) -> Finding:
    """It works, and will not always, or not safely."""
    return Finding(check=check, level=Level.WARN, found=found, mend=mend)


def fail(check: str, found: str, mend: str) -> Finding:
    """Something does not work."""
    return Finding(check=check, level=Level.FAIL, found=found, mend=mend)
