"""Counts exposures beyond a cap with a query of its own: a defect in the code that decides cannot hide itself here."""

from cli.demo.observation import CapCheck, Violation
from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("cli.demo")


async def check_caps(database: Pool | Connection) -> CapCheck:
    """Examines every exposure in the ledger against the caps of the default policy.

    Args:
        database: The ledger's.
    """
    examined = await database.fetchrow(_QUERIES["exposures"])
    beyond = await database.fetch(_QUERIES["cap_violations"])
    violations = tuple(
        Violation(rule=row["rule"], profile_id=row["profile_id"], at=row["exposed_at"], exposures=row["exposures"])
        for row in beyond
    )
    return CapCheck(exposures=examined["exposures"], people=examined["people"], violations=violations)
