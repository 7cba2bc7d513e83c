"""A database with a life of thirty days behind it, as many people as one likes, and the pages that show one of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cli.bench.recorded_statements import connect_bare
from fermata.database import Queries
from fermata.ledger.policies import put_in_force
from fermata.policy import default_document

_QUERIES = Queries("cli.bench", "console_rows.sql")
_FILL = ("profiles", "identities", "events", "runs", "decisions", "reservations", "deferrals", "consent", "dispatches")
_BESIDE = ("rejected", "erasures")
_LONGEST = 3600.0  # seconds, of one statement


async def fill(database_url: str, people: int, journeys: Sequence[str]) -> tuple[str, ...]:
    """Writes people, each with two events, a run, two decisions and a word on consent; a tenth wait for a message.

    Args:
        database_url: Of a database with the schema and nobody in it.
        people: How many.
        journeys: Over which the runs are spread.

    Returns:
        The pages of the console, each as what follows ``/console``.
    """
    connection, now = await connect_bare(database_url), datetime.now(UTC)
    try:
        policy = (await put_in_force(connection, default_document(), author="fermata bench", at=now)).version
        await connection.execute("SET session_replication_role = replica")  # the rows are right: no key is checked
        await connection.execute(_QUERIES["ids"])
        for name in (*_FILL, *_BESIDE):
            given = {"runs": (people, now, list(journeys)), "decisions": (people, policy)}.get(name, (people, now))
            used = max((number for number in range(1, 4) if f"${number}" in _QUERIES[name]), default=0)
            await connection.execute(_QUERIES[name], *given[:used], timeout=_LONGEST)
        await connection.execute("VACUUM (ANALYZE)", timeout=_LONGEST)  # or it would be done while we measure
        somebody = await connection.fetchrow(_QUERIES["somebody"], people)
    finally:
        await connection.close()
    return (
        "",
        "/decisions",
        "/decisions?reason=render_failed",
        "/decisions?channel=sms",
        f"/decisions?journey={journeys[0]}",
        "/decisions?journey=there_is_none",
        f"/decisions/{somebody['decision']}",
        f"/people?name=user-{people // 2}",
        f"/people/{somebody['profile']}",
        "/journeys",
        f"/journeys/{journeys[0]}",
        f"/journeys/{journeys[0]}/map.svg",
        "/runs",
        "/runs?state=failed",
        f"/runs?journey={journeys[0]}",
        f"/runs/{somebody['run']}",
        "/policy",
        f"/policy/versions/{policy}",
        "/operations",
        "/requests",
        f"/requests/people/{somebody['profile']}",
        f"/requests/erasures/{somebody['erased']}",
        "/analytics",
    )
