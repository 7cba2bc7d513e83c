"""Ends the runs of a person from outside, in the ledger at once; each workflow is left a word that says so."""

from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.ledger import close_run
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.enrolment", "ending.sql")


async def end_runs(connection: Connection, profile_id: UUID, reason: Reason, now: datetime) -> int:
    """Ends every active run of a person. Nothing more is decided or sent for them, and each workflow ends when told.

    Args:
        connection: Inside a transaction.
        profile_id: Whose.
        reason: Why: ``profile_erased``.
        now: The instant, aware.

    Returns:
        How many were active.
    """
    runs = [row["id"] for row in await connection.fetch(_QUERIES["active"], profile_id)]
    for run_id in runs:
        await close_run(connection, run_id, "exited", reason, now)
    if runs:
        await connection.execute(_QUERIES["tell_over"], profile_id, runs, reason, now)
    return len(runs)
