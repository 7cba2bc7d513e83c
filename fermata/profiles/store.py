"""Profiles in Postgres: found and locked by their identities, and saved. Always many at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import asyncpg
import orjson

from fermata.database import Connection, Queries
from fermata.profiles.identity import Anchor, Identity, IdentityKind
from fermata.profiles.profile import Profile
from fermata.profiles.session import Session
from fermata.profiles.stitching import Known, Resolution

_QUERIES = Queries("fermata.profiles")
_STRONGEST_FIRST = [kind.value for kind in IdentityKind]

_NOTHING: Mapping[UUID, Profile] = MappingProxyType({})


class Overtaken(Exception):
    """Another transaction wrote about the same people first: with it in sight, roll back and begin again."""


async def known_by(
    connection: Connection, stated: Collection[tuple[Identity, ...]]
) -> tuple[Known, dict[UUID, Profile]]:
    """Finds the profiles that have these identities and locks their rows until the transaction ends.

    Args:
        connection: Inside a transaction.
        stated: The identities of each event, known or not.

    Returns:
        Which identity is whose, and the profiles by id.
    """
    identities = {identity for each in stated for identity in each}
    rows = await connection.fetch(_QUERIES["lock_known"], *_columns(identities))
    owners: dict[Identity, UUID] = {}
    linked_at: dict[Identity, datetime] = {}
    anchors: dict[Identity, Anchor] = {}
    assumed: set[Identity] = set()
    for row in rows:
        identity = Identity(IdentityKind(row["kind"]), row["value"])
        owners[identity] = row["id"]
        if row["assumed"]:
            assumed.add(identity)
        if row["linked_at"] is not None:
            linked_at[identity] = row["linked_at"]
        if row["anchored_at"] is not None:
            anchors[identity] = Anchor(IdentityKind(row["anchor_kind"]), row["anchored_at"])
    profiles = {row["id"]: read_profile(row) for row in rows}
    held = await _held(connection, profiles) if any(_says_something_new(each, owners) for each in stated) else {}
    return Known(owners, linked_at, anchors, held, frozenset(assumed)), profiles


def _says_something_new(stated: tuple[Identity, ...], owners: Mapping[Identity, UUID]) -> bool:
    """Whether an event gives a person another name, or joins two people; most do not."""
    if len(stated) == 1:
        return False
    found = {owners.get(identity) for identity in stated}
    return len(found) > 1  # None among them is a name that nobody has


async def _held(connection: Connection, profiles: Collection[UUID]) -> dict[UUID, dict[IdentityKind, int]]:
    held: dict[UUID, dict[IdentityKind, int]] = {}
    if profiles:
        for row in await connection.fetch(_QUERIES["held"], list(profiles)):
            held.setdefault(row["profile_id"], {})[IdentityKind(row["kind"])] = row["names"]
    return held


async def save(
    connection: Connection, profiles: Collection[Profile], now: datetime, before: Mapping[UUID, Profile] = _NOTHING
) -> None:
    """Writes profiles that are new, or locked by ``known_by``.

    Args:
        connection: Inside a transaction.
        profiles: As they are now.
        now: The instant.
        before: As they are stored, where that is known: most were only seen again, and that is a small thing to write.
    """
    seen = [profile for profile in profiles if _was_only_seen(profile, before.get(profile.id))]
    if seen:
        sessions = [profile.session for profile in seen if profile.session is not None]
        await connection.execute(
            _QUERIES["see"],
            now,
            [profile.id for profile in seen],
            [session.id for session in sessions],
            [session.seen_at for session in sessions],
        )
    if len(seen) < len(profiles):
        known = {profile.id for profile in seen}
        await _save_all(connection, [profile for profile in profiles if profile.id not in known], now)


def _was_only_seen(profile: Profile, before: Profile | None) -> bool:
    return before is not None and profile.session is not None and replace(before, session=profile.session) == profile


async def _save_all(connection: Connection, profiles: Collection[Profile], now: datetime) -> None:
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
        [profile.topics for profile in profiles],
        # As text: asyncpg would take a list of lists for an array of two dimensions.
        [orjson.dumps(list(profile.preferred_channels)).decode() for profile in profiles],
        [profile.session.id if profile.session else None for profile in profiles],
        [profile.session.seen_at if profile.session else None for profile in profiles],
        [profile.facts_at for profile in profiles],
    )


async def record(connection: Connection, resolution: Resolution, now: datetime) -> None:
    """Records what is new about the names of profiles that are new or locked.

    Args:
        connection: Inside a transaction.
        resolution: What the events say.
        now: The instant.

    Raises:
        Overtaken: Somebody else recorded one of the names at the same time.
    """
    new = resolution.new_identities
    if new:
        done = await connection.execute(
            _QUERIES["record_identities"],
            *_columns(new),
            list(new.values()),
            *_links(resolution, new),
            [name in resolution.assumed for name in new],
            now,
        )
        if done != f"INSERT 0 {len(new)}":
            raise Overtaken
    changed = resolution.linked_at.keys() | resolution.anchors.keys() | resolution.confirmed
    known = [name for name in changed if name not in new]
    if known:
        confirmed = [name in resolution.confirmed for name in known]
        links = _links(resolution, known)
        await connection.execute(_QUERIES["link"], *_columns(known), *links, confirmed, _STRONGEST_FIRST)
    if resolution.moved:
        await connection.execute(_QUERIES["move_names"], *_columns(resolution.moved), list(resolution.moved.values()))


def _links(
    resolution: Resolution, names: Collection[Identity]
) -> tuple[list[datetime | None], list[str | None], list[datetime | None]]:
    anchors = [resolution.anchors.get(name) for name in names]
    return (
        [resolution.linked_at.get(name) for name in names],
        [anchor.kind.value if anchor is not None else None for anchor in anchors],
        [anchor.at if anchor is not None else None for anchor in anchors],
    )


def _columns(names: Collection[Identity]) -> tuple[list[str], list[str]]:
    return [name.kind.value for name in names], [name.value for name in names]


def read_profile(row: asyncpg.Record) -> Profile:
    """A row of ``profiles`` as a profile."""
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
        topics=row["topics"],
        preferred_channels=tuple(row["preferred_channels"]),
        session=Session(row["session_id"], seen_at) if seen_at is not None else None,
        facts_at=row["facts_at"],
    )
