"""The devices of a person: several at once, each known by its token, live until somebody who knows says otherwise."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.channels", "devices.sql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_DEVICES = 20
"""A person's devices that one message goes to, the latest seen first: nobody carries more."""


class Platform(StrEnum):
    """What a device runs."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"


class Removal(StrEnum):
    """Why a device is one no more."""

    PROVIDER = "provider"
    """Its provider knows the token no more: the app was removed, or the subscription ended."""
    WITHDRAWN = "withdrawn"
    """It was taken back over the API."""


@dataclass(frozen=True, slots=True)
class SubscriptionKeys:
    """What messages to a browser's subscription are encrypted with (RFC 8291), as the browser gives it.

    Args:
        p256dh: Its public key, base64url.
        auth: Its secret, base64url.
    """

    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Device:
    """One device of a person.

    Args:
        token: Where messages to it go: a provider's token, or the address of a browser's subscription.
        platform: What it runs, where that is known.
        app: Which of the deployment's apps, as the app calls itself.
        keys: Of a browser's subscription; None for all others.
    """

    token: str
    platform: Platform | None = None
    app: str | None = None
    keys: SubscriptionKeys | None = None

    @property
    def id(self) -> str:
        """Its name in addresses and keys: the token's SHA-256."""
        return token_hash(self.token)


@dataclass(frozen=True, slots=True)
class StatedDevice:
    """That somebody has a device, or that they have none.

    Args:
        profile_id: Who.
        device: It; None for "no device": what was stated up to then is none any more.
        seen_at: When that was so, aware.
    """

    profile_id: UUID
    device: Device | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KeptDevice:
    """A device as it is on record.

    Args:
        device: It.
        live: Whether messages go to it.
        added_at: When it was first stated.
        last_seen_at: When it was last stated.
        removed_at: When it was last said to be none any more; a later statement goes before that.
        reason: Why.
    """

    device: Device
    live: bool
    added_at: datetime
    last_seen_at: datetime
    removed_at: datetime | None
    reason: Removal | None


def token_hash(token: str) -> str:
    """The SHA-256 of a token, in hexadecimal digits; of none, nothing."""
    return sha256(token.encode()).hexdigest() if token else ""


async def state_devices(connection: Connection, stated: Iterable[StatedDevice]) -> None:
    """Puts statements on record, in whatever order they come in.

    Args:
        connection: Inside a transaction that holds the profiles' rows.
        stated: Any number.
    """
    rows: dict[tuple[UUID, str], tuple[Device, datetime, datetime]] = {}
    for each in sorted(stated, key=lambda one: one.seen_at):
        device = each.device or Device("")
        key = (each.profile_id, device.id)
        rows[key] = (device, rows[key][1] if key in rows else each.seen_at, each.seen_at)
    await connection.execute(
        _QUERIES["state"],
        [profile_id for profile_id, _ in rows],
        [identifier for _, identifier in rows],
        [device.token for device, _, _ in rows.values()],
        [device.platform for device, _, _ in rows.values()],
        [device.app for device, _, _ in rows.values()],
        [None if device.keys is None else _written(device.keys) for device, _, _ in rows.values()],
        [first for _, first, _ in rows.values()],
        [latest for _, _, latest in rows.values()],
    )


async def kept_devices(database: Connection | Pool, profile_id: UUID, *, most: int = 100) -> Sequence[KeptDevice]:
    """All devices on record of a person, the live ones first, the latest seen first.

    Args:
        database: A connection, or the pool.
        profile_id: Whose.
        most: No more than these.
    """
    return [
        KeptDevice(
            device=Device(
                token=row["token"],
                platform=Platform(row["platform"]) if row["platform"] is not None else None,
                app=row["app"],
                keys=SubscriptionKeys(**row["keys"]) if row["keys"] is not None else None,
            ),
            live=row["live"],
            added_at=row["added_at"],
            last_seen_at=row["last_seen_at"],
            removed_at=row["removed_at"],
            reason=Removal(row["reason"]) if row["reason"] is not None else None,
        )
        for row in await database.fetch(_QUERIES["of_profile"], profile_id, most)
    ]


async def settle_address(connection: Connection, profile_id: UUID, heard_at: datetime | None = None) -> str | None:
    """Makes the latest live token the address that decisions read; none is one where no device is live.

    Args:
        connection: Inside a transaction that holds the profile's row.
        profile_id: Whose.
        heard_at: When something became known that bears on it, so that nothing older goes before it; None for
            statements, which have been heard already.

    Returns:
        The address.
    """
    kept = await kept_devices(connection, profile_id, most=1)
    address = kept[0].device.token if kept and kept[0].live else None
    at = 0 if heard_at is None else (heard_at - _EPOCH) // timedelta(microseconds=1)
    await connection.execute(_QUERIES["settle_address"], profile_id, address, at)
    return address


async def remove_devices(
    connection: Connection, profile_id: UUID, tokens: Collection[str], reason: Removal, now: datetime
) -> str | None:
    """Takes devices out; what states one of them later brings it back.

    Args:
        connection: Inside a transaction.
        profile_id: Whose. Its row is locked.
        tokens: Of the devices; those that are not on record do no harm.
        reason: Why.
        now: The instant, aware.

    Returns:
        The address that remains, or None.
    """
    await connection.execute(_QUERIES["lock_profile"], profile_id)
    await connection.execute(_QUERIES["remove"], profile_id, [token_hash(token) for token in tokens], now, reason)
    return await settle_address(connection, profile_id, now)


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """Moves the devices of a profile that became part of another; of one that both have, the latest words stand.

    Args:
        connection: Inside a transaction that holds both rows.
        survivor: Whose they become.
        loser: Whose they were.
    """
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)


def _written(keys: SubscriptionKeys) -> dict[str, str]:
    return {"p256dh": keys.p256dh, "auth": keys.auth}
