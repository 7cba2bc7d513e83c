"""The second step, when every run has heard that it is over: the rows go in one transaction, and the receipt stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from fermata.audiences import membership
from fermata.database import Connection, Pool, Queries
from fermata.enrolment.ending import end_runs
from fermata.erasure.begin import rows_of, suppress
from fermata.erasure.receipt import Receipt, receipt_of
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.erasure", "finish.sql")
_BEGUN = Queries("fermata.erasure", "begin.sql")

REMOVED = (
    "short_links",
    "feedback",
    "deferrals",
    "next_best_actions",
    "reservations",
    "decisions",
    "inbox_items",
    "devices",
    "broadcast_waiting",
    "consent_log",
    "operator_actions",
    "child_runs",
    "dispatches",
    "profile_merges",
    "identities",
    "message_ids",
    "events",
    "profile_keys",
    "profiles",
)
"""Tables whose rows of the person go, in an order in which none is pointed to by one that is still there."""

NAMELESS = {
    "events": "nameless_events",
    "journey_runs": "nameless_runs",
    "holdouts": "nameless_holdouts",
    "variant_exposures": "nameless_variants",
}
"""Tables of which measuring needs something that is nobody's afterwards: whoever was erased counts as before."""


@dataclass(frozen=True, slots=True)
class Histories:
    """What became of the person's histories in Temporal.

    Args:
        deleted: Executions that were deleted.
        not_there: Workflows of which there was nothing any more.
    """

    deleted: int = 0
    not_there: int = 0


@dataclass(frozen=True, slots=True)
class Pending:
    """An erasure that is begun and not finished."""

    profile_id: UUID
    begun_at: datetime


async def pending(pool: Pool) -> list[Pending]:
    """Lists erasures that are to be finished, the oldest first, at most 100."""
    rows = await pool.fetch(_BEGUN["pending"])
    return [Pending(row["erased_id"], row["begun_at"]) for row in rows]


async def workflows_of(pool: Pool, profile_id: UUID) -> list[str] | None:
    """Lists a person's workflows, once each has heard what was left for it; None before that.

    Args:
        pool: Connections to the database.
        profile_id: Whose.
    """
    if await pool.fetchval(_QUERIES["undelivered"], profile_id):
        return None
    return [row["workflow_id"] for row in await pool.fetch(_QUERIES["workflows"], profile_id)]


async def finish(
    pool: Pool, profile_id: UUID, histories: Histories, outcomes: Collection[str], now: datetime
) -> Receipt | None:
    """Takes away all that is left of a person, in one transaction.

    Args:
        pool: Connections to the database.
        profile_id: Whose erasure.
        histories: What became of theirs.
        outcomes: Names of the events that journeys are measured by.
        now: The instant, aware.

    Returns:
        The receipt; None where there is nothing to finish, or a run has something left to hear.
    """
    async with pool.acquire() as connection, connection.transaction():
        erasure = await connection.fetchrow(_QUERIES["hold"], profile_id)
        if erasure is None:
            return None
        await connection.execute(_QUERIES["lock"], profile_id)
        ended = await end_runs(connection, profile_id, Reason.PROFILE_ERASED, now)
        if not ended and not await connection.fetchval(_QUERIES["undelivered"], profile_id):
            kept = await suppress(connection, profile_id, now)
            nameless, removed = await _take_away(connection, profile_id, outcomes, now)
            counts = {table: removed.get(table, 0) + n for table, n in erasure["removed"].items()}
            row = await connection.fetchrow(
                _QUERIES["finished"],
                profile_id,
                now,
                erasure["suppressions_kept"] + kept,
                histories.deleted,
                histories.not_there,
                {**removed, **counts},
                nameless,
                erasure["runs_ended"],
            )
            return receipt_of(row)
    return None


async def _take_away(
    connection: Connection, profile_id: UUID, outcomes: Collection[str], now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    await connection.execute("SET LOCAL fermata.erasing = 'on'")
    await membership.forget(connection, profile_id, now)
    removed: dict[str, int] = {}
    unknown = rows_of(await connection.execute(_QUERIES["unknown_feedback"], profile_id))
    for table in REMOVED[: REMOVED.index("events")]:
        removed[table] = rows_of(await connection.execute(_QUERIES[table], profile_id))
    nameless = await _make_nameless(connection, profile_id, outcomes)
    for table in REMOVED[REMOVED.index("events") :]:
        removed[table] = rows_of(await connection.execute(_QUERIES[table], profile_id))
    removed["feedback"] += unknown
    return nameless, removed


async def _make_nameless(connection: Connection, profile_id: UUID, outcomes: Collection[str]) -> dict[str, int]:
    if not await connection.fetchval(_QUERIES["is_measured"], profile_id):
        return {}
    nobody = uuid4()
    await connection.execute(_QUERIES["nobody"], nobody)
    nameless = {}
    for table, query in NAMELESS.items():
        given = (profile_id, nobody, list(outcomes)) if table == "events" else (profile_id, nobody)
        nameless[table] = rows_of(await connection.execute(_QUERIES[query], *given))
    return nameless
