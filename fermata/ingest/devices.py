"""What a request's events say of devices: on record, and from there the address for push that decisions read."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.channels.devices import (
    Device,
    Platform,
    Removal,
    StatedDevice,
    kept_devices,
    remove_devices,
    settle_address,
    state_devices,
)
from fermata.database import Connection, Pool
from fermata.errors import NotFound
from fermata.events import IncomingEvent
from fermata.ingest.plan import OwnedEvent
from fermata.ledger import reconsider_waiting
from fermata.profiles import Profile
from fermata.profiles.by_id import lock
from fermata.vocabulary import Channel

_PUSH = Channel.PUSH.value
_FACT = f"addresses.{_PUSH}"
_LONGEST_APP = 100  # characters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def keep_devices(
    connection: Connection,
    events: Sequence[OwnedEvent],
    before: Mapping[UUID, Profile],
    profiles: Mapping[UUID, Profile],
    survivors: Collection[UUID],
) -> Mapping[UUID, Profile]:
    """Writes down the devices that events state.

    Args:
        connection: Inside the transaction that has saved the profiles.
        events: In the order in which they occurred.
        before: The profiles as they were, with what merges have brought together.
        profiles: As they are now.
        survivors: Those that another has become part of.

    Returns:
        The profiles, with the address for push that holds now.
    """
    stated = [each for event in events for each in stated_devices(event.profile_id, event.incoming)]
    unsettled = {profile.id for profile in profiles.values() if profile.id in survivors and _FACT in profile.facts_at}
    unsettled |= {each.profile_id for each in stated if not _is_plainly_the_latest(each, before.get(each.profile_id))}
    # Several words of one request may be of one instant.
    unsettled |= {owner for owner, words in Counter(each.profile_id for each in stated).items() if words > 1}
    if stated:  # hardly any event of a web site
        await state_devices(connection, stated)
    if not unsettled:
        return profiles
    settled = dict(profiles)
    for profile_id in sorted(unsettled):
        address = await settle_address(connection, profile_id)
        settled[profile_id] = _reached_at(profiles[profile_id], address)
    return settled


async def add_device(pool: Pool, profile_id: UUID, device: Device, now: datetime) -> UUID:
    """Puts a device on record by another way than an event; messages that wait are decided again.

    Args:
        pool: Where to.
        profile_id: Whose; the id of one that was merged leads to the survivor.
        device: It.
        now: The instant, aware.

    Returns:
        The id of the profile that has it.

    Raises:
        NotFound: There is no such profile.
    """
    async with pool.acquire() as connection, connection.transaction():
        person = await lock(connection, profile_id)
        await state_devices(connection, [StatedDevice(person.id, device, now)])
        await _settle(connection, person, now)
    return person.id


async def withdraw_device(pool: Pool, profile_id: UUID, device_id: str, now: datetime) -> UUID:
    """Takes a device back. Again without harm.

    Args:
        pool: Where to.
        profile_id: Whose; the id of one that was merged leads to the survivor.
        device_id: The device's.
        now: The instant, aware.

    Returns:
        The id of the profile that had it.

    Raises:
        NotFound: There is no such profile, or it has no such device.
    """
    async with pool.acquire() as connection, connection.transaction():
        person = await lock(connection, profile_id)
        kept = {each.device.id: each.device for each in await kept_devices(connection, person.id)}
        if device_id not in kept:
            raise NotFound(f"no device of {person.id} has the id {device_id}")
        await remove_devices(connection, person.id, [kept[device_id].token], Removal.WITHDRAWN, now)
        await reconsider_waiting(connection, [person.id], [], now)
    return person.id


def stated_devices(profile_id: UUID, event: IncomingEvent) -> list[StatedDevice]:
    """What an event says of devices: that of its context, that of its traits, or that there is none.

    Args:
        profile_id: Its person.
        event: As it came in.
    """
    stated: list[StatedDevice] = []
    if event.device.push_token is not None:
        device = Device(event.device.push_token, _platform(event.context), _app(event.context))
        stated.append(StatedDevice(profile_id, device, event.occurred_at))
    if "push_token" in event.traits.model_fields_set:
        token = event.traits.push_token
        if token is None or token != event.device.push_token:
            stated.append(StatedDevice(profile_id, Device(token) if token is not None else None, event.occurred_at))
    return stated


def _is_plainly_the_latest(stated: StatedDevice, before: Profile | None) -> bool:
    """Whether nothing on record is as new: then the profile's own facts have the address already."""
    known_at = before.facts_at.get(_FACT) if before is not None else None
    return known_at is None or (stated.seen_at - _EPOCH) // timedelta(microseconds=1) > known_at


async def _settle(connection: Connection, before: Profile, now: datetime) -> None:
    address = await settle_address(connection, before.id, now)
    if address != before.addresses.get(_PUSH):
        await reconsider_waiting(connection, [before.id], [], now)


def _reached_at(profile: Profile, address: str | None) -> Profile:
    others = {channel: value for channel, value in profile.addresses.items() if channel != _PUSH}
    return replace(profile, addresses=others if address is None else {**others, _PUSH: address})


def _platform(context: Mapping[str, Any]) -> Platform | None:
    """What the device runs. SDKs write "ios", "android", "iOS"; what is neither is not known."""
    for part, name in (("device", "type"), ("os", "name")):
        section = context.get(part)
        word = section.get(name) if isinstance(section, Mapping) else None
        if isinstance(word, str) and word.strip().lower() in set(Platform):
            return Platform(word.strip().lower())
    return None


def _app(context: Mapping[str, Any]) -> str | None:
    section = context.get("app")
    if not isinstance(section, Mapping):
        return None
    names = (section.get("namespace"), section.get("name"))
    return next((name.strip()[:_LONGEST_APP] for name in names if isinstance(name, str) and name.strip()), None)
