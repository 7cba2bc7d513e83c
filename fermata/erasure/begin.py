"""The first step: from its commit on nothing is sent to the person, and nothing more is stored of them."""

from datetime import datetime
from uuid import UUID

from fermata.audiences import membership
from fermata.database import Connection, Pool, Queries
from fermata.enrolment.ending import end_runs
from fermata.erasure.receipt import Receipt, read, receipt_of
from fermata.errors import InvalidEvent, NoSuchProfile
from fermata.profiles.by_id import lock
from fermata.profiles.profile import Profile
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.erasure", "begin.sql")

AT_ONCE = ("rejected_events", "dead_letters", "identities", "devices", "inbox_items", "broadcast_waiting")
"""Tables whose rows go in the first step."""


async def begin(pool: Pool, profile_id: UUID, *, by: str, why: str, now: datetime) -> Receipt:
    """Begins to erase a person, or says how far it is where that was done before.

    Their runs end in the ledger, and each workflow is left a word that says so; audiences of ad platforms are left;
    each address stays suppressed by its salted hash; names, addresses, traits, devices and inbox go.

    Args:
        pool: Connections to the database.
        profile_id: Of the profile, or of one that has become part of it.
        by: Who asks for it.
        why: Why; it stays in the receipt, so it must not tell of the person.
        now: The instant, aware.

    Raises:
        NoSuchProfile: There is no such profile, and none of this id was erased.
        InvalidEvent: ``why`` names an address of theirs.
    """
    async with pool.acquire() as connection, connection.transaction():
        return await begin_within(connection, profile_id, by=by, why=why, now=now)


async def begin_within(connection: Connection, profile_id: UUID, *, by: str, why: str, now: datetime) -> Receipt:
    """As ``begin``, in a transaction of the caller's.

    Args:
        connection: In a transaction.
        profile_id, by, why, now: As of ``begin``.

    Raises:
        NoSuchProfile, InvalidEvent: As of ``begin``.
    """
    try:
        profile = await lock(connection, profile_id)
    except NoSuchProfile:
        before = await read(connection, profile_id)
        if before is None:
            raise
        return before
    _check(profile, why)
    return await _begin(connection, profile.id, by, why, now)


def _check(profile: Profile, why: str) -> None:
    if any(address and address.lower() in why.lower() for address in profile.addresses.values()):
        raise InvalidEvent("why names an address of the person; it stays in the receipt, so leave it out", field="why")


async def _begin(connection: Connection, profile_id: UUID, by: str, why: str, now: datetime) -> Receipt:
    await connection.execute(_QUERIES["begin"], profile_id, now, by, why)
    ended = await end_runs(connection, profile_id, Reason.PROFILE_ERASED, now)
    await membership.forget(connection, profile_id, now)
    kept = await suppress(connection, profile_id, now)
    removed = {table: rows_of(await connection.execute(_QUERIES[table], profile_id)) for table in AT_ONCE}
    await connection.execute(_QUERIES["empty_profile"], profile_id, now)
    await connection.execute(_QUERIES["begun"], profile_id, ended, kept, removed)
    return receipt_of(await connection.fetchrow(_QUERIES["read"], profile_id))


async def suppress(connection: Connection, profile_id: UUID, now: datetime) -> int:
    """Suppresses every address that is known of a person by its salted hash, and forgets what was in the clear.

    Args:
        connection: Inside a transaction that holds the profile's row.
        profile_id: Whose.
        now: The instant, aware.

    Returns:
        How many hashes are new.
    """
    kept = rows_of(await connection.execute(_QUERIES["keep_suppressions"], profile_id, now))
    await connection.execute(_QUERIES["forget_suppressions"], profile_id)
    return kept


def rows_of(status: str) -> int:
    """How many rows a statement says that it was about: its status ends with the number."""
    return int(status.rsplit(" ", 1)[-1])
