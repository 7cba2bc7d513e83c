"""What becomes of a line before it is written: its trace is added, and no profile stands in it by its id."""

from structlog.typing import EventDict, WrappedLogger

from fermata.pseudonym import without_profiles
from fermata.trace_context import trace_id

_KEPT = {"workflow_type": "journey", "activity_type": "activity", "attempt": "attempt", "run_id": "temporal_run_id"}
"""Of what the SDK adds to a line; the rest of it is the same for all, or holds an id of a profile."""


def add_trace(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """Adds ``trace_id``, where the line is logged in the course of one and does not name it itself."""
    del logger, method
    found = trace_id()
    if found is not None:
        line.setdefault("trace_id", found)
    return line


def shorten_temporal(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """Keeps of what Temporal's SDK adds to a line what names the work."""
    del logger, method
    for name in ("temporal_workflow", "temporal_activity"):
        added = line.pop(name, None)
        if isinstance(added, dict):
            for theirs, ours in _KEPT.items():
                if theirs in added:
                    line.setdefault(ours, added[theirs])
            line.setdefault("workflow", str(added.get("workflow_id", "")))
    return line


def name_no_profile(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """Puts the pseudonym for the profile in every workflow id, wherever it stands in the line."""
    del logger, method
    for name, value in line.items():
        if isinstance(value, str) and "/" in value:
            line[name] = without_profiles(value)
    return line
