"""One profile by its id, to read or held to be changed; the id of a merged one leads to its survivor."""

from uuid import UUID

from fermata.database import Connection, Pool, Queries, survivor_of
from fermata.errors import NoSuchProfile
from fermata.profiles.identity import STRENGTH, Identity, IdentityKind
from fermata.profiles.profile import Profile
from fermata.profiles.store import read_profile

_QUERIES = Queries("fermata.profiles", "by_id.sql")


async def find(database: Connection | Pool, profile_id: UUID) -> Profile:
    """Reads a profile as it is at this moment.

    Args:
        database: A connection, or the pool.
        profile_id: Of the profile, or of one that has become part of it.

    Raises:
        NoSuchProfile: There is no such profile.
    """
    return await _read(database, _QUERIES["find"], profile_id)


async def lock(connection: Connection, profile_id: UUID) -> Profile:
    """Locks a profile's row until the transaction ends.

    Args:
        connection: Inside a transaction.
        profile_id: Of the profile, or of one that has become part of it.

    Raises:
        NoSuchProfile: There is no such profile.
    """
    return await _read(connection, _QUERIES["lock"], profile_id)


async def strongest_name(connection: Connection, profile_id: UUID) -> Identity | None:
    """The name that says most surely who somebody is, of several the first; None where they have none."""
    rows = await connection.fetch(_QUERIES["names"], profile_id)
    names = [Identity(IdentityKind(row["kind"]), row["value"]) for row in rows]
    return min(names, key=lambda name: STRENGTH[name.kind], default=None)


async def _read(database: Connection | Pool, query: str, profile_id: UUID) -> Profile:
    row = await database.fetchrow(query, profile_id)
    if row is not None:
        return read_profile(row)
    survivor = await survivor_of(database, profile_id)
    if survivor is None:
        raise NoSuchProfile(f"no profile has the id {profile_id}")
    return await _read(database, query, survivor)  # it may have become part of another in the meantime
