"""Profiles in Postgres: found and locked by their identities, and saved. Always many at once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from fermata.database import Connection, Queries
from fermata.profiles.identity import Identity, IdentityKind, Known
from fermata.profiles.profile import Profile
from fermata.profiles.session import Session

_QUERIES = Queries("fermata.profiles")


async def known_by(connection: Connection, identities: Collection[Identity]) -> tuple[Known, dict[UUID, Profile]]:
    """Finds the profiles that have these identities and locks their rows until the transaction ends.

    Args:
        connection: Inside a transaction.
        identities: Known or not.

    Returns:
        Which identity is whose, and the profiles by id.
    """
    rows = await connection.fetch(
        _QUERIES["lock_known"], [each.kind.value for each in identities], [each.value for each in identities]
    )
    owners = {Identity(IdentityKind(row["kind"]), row["value"]): row["id"] for row in rows}
    profiles = {row["id"]: _read(row) for row in rows}
    claimed: frozenset[UUID] = frozenset()
    if profiles and any(each.kind is IdentityKind.USER_ID and each not in owners for each in identities):
        claimed = frozenset(row["profile_id"] for row in await connection.fetch(_QUERIES["claimed"], list(profiles)))
    return Known(owners, claimed), profiles


async def save(connection: Connection, profiles: Collection[Profile], now: datetime) -> None:
    """Writes profiles that are new, or locked by ``known_by``."""
    await connection.execute(
        _QUERIES["save"],
        now,
        [profile.id for profile in profiles],
        [profile.time_zone for profile in profiles],
        [profile.country for profile in profiles],
        [profile.subdivision for profile in profiles],
        [profile.device_time_zone for profile in profiles],
        [profile.device_country for profile in profiles],
        [profile.locale for profile in profiles],
        [profile.addresses for profile in profiles],
        [profile.consent for profile in profiles],
        [profile.traits for profile in profiles],
        [profile.quiet_hours for profile in profiles],
        [profile.do_not_disturb for profile in profiles],
        [profile.do_not_disturb_until for profile in profiles],
        [profile.session.id if profile.session else None for profile in profiles],
        [profile.session.seen_at if profile.session else None for profile in profiles],
        [profile.facts_at for profile in profiles],
    )


async def record(connection: Connection, identities: Mapping[Identity, UUID], now: datetime) -> bool:
    """Records identities of profiles that are new or locked.

    Returns:
        False where somebody else recorded one of them at the same time: then roll back and begin again.
    """
    done = await connection.execute(
        _QUERIES["record_identities"],
        [identity.kind.value for identity in identities],
        [identity.value for identity in identities],
        list(identities.values()),
        now,
    )
    return bool(done == f"INSERT 0 {len(identities)}")


def _read(row: asyncpg.Record) -> Profile:
    seen_at = row["session_seen_at"]
    return Profile(
        id=row["id"],
        time_zone=row["time_zone"],
        country=row["country"],
        subdivision=row["subdivision"],
        device_time_zone=row["device_time_zone"],
        device_country=row["device_country"],
        locale=row["locale"],
        addresses=row["addresses"],
        consent=row["consent"],
        traits=row["traits"],
        quiet_hours=row["quiet_hours"],
        do_not_disturb=row["do_not_disturb"],
        do_not_disturb_until=row["do_not_disturb_until"],
        session=Session(row["session_id"], seen_at) if seen_at is not None else None,
        facts_at=row["facts_at"],
    )
