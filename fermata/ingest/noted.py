"""Says in the log which event goes to which run, once it is stored."""

from collections.abc import Iterable

import structlog

from fermata.ingest.outgoing import NewDispatch
from fermata.pseudonym import pseudonym

_log = structlog.get_logger("fermata.ingest")


def note(dispatches: Iterable[NewDispatch]) -> None:
    """One line for each, with the ids by which the rest of its way is found in the logs of the workers.

    Args:
        dispatches: Those of a transaction that has been committed.
    """
    for each in dispatches:
        trace = {"trace_id": each.traceparent.split("-")[1]} if each.traceparent is not None else {}
        _log.info(
            "an event goes to a run",
            kind=each.kind,
            event_id=str(each.event_id),
            run_id=str(each.run_id),
            profile=pseudonym(each.profile_id),
            **trace,
        )
