"""``/api/v1/profiles/{id}/devices``: where push messages reach somebody."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator

from api.authentication import bearer
from api.typed_body import documented, read_model
from fermata.access import Keys, Scope
from fermata.channels.devices import Device, KeptDevice, Platform, Removal, SubscriptionKeys, kept_devices
from fermata.database import Pool
from fermata.ingest.devices import add_device, withdraw_device
from fermata.profiles.by_id import find

_POINT = 65  # bytes of an uncompressed P-256 point (RFC 8291)
_SECRET = 16


def _of_length(length: int) -> AfterValidator:
    def check(text: str) -> str:
        try:
            decoded = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (UnicodeEncodeError, NotBase64, ValueError):
            raise ValueError("must be base64url, as the browser gives it") from None
        if len(decoded) != length:
            raise ValueError(f"must be {length} bytes in base64url, and is {len(decoded)}")
        return text

    return AfterValidator(check)


def _is_https(endpoint: str) -> str:
    try:
        place = urlsplit(endpoint)
    except ValueError:
        place = None
    if place is None or place.scheme != "https" or not place.hostname or "@" in place.netloc:
        raise ValueError("must be the https address that the browser gave as endpoint")
    return endpoint


_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Token = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[!-~]+$")]


class StatedKeys(BaseModel):
    """``keys`` of a browser's subscription.

    Args:
        p256dh, auth: As the browser gives them.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    p256dh: Annotated[str, _of_length(_POINT)]
    auth: Annotated[str, _of_length(_SECRET)]


class StatedSubscription(BaseModel):
    """A browser's subscription: ``JSON.stringify(await registration.pushManager.subscribe(…))``.

    Args:
        endpoint: Its address at the browser's push service.
        keys: What messages to it are encrypted with.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")  # browsers add what they like

    endpoint: Annotated[_Token, AfterValidator(_is_https)]
    keys: StatedKeys


class NewDevice(BaseModel):
    """A device of somebody's: a token, or a browser's subscription.

    Args:
        token: Of an app.
        subscription: Of a browser.
        platform: What it runs; a subscription's is "web".
        app: Which of your apps.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    token: _Token | None = None
    subscription: StatedSubscription | None = None
    platform: Annotated[Platform, Strict(False)] | None = None
    app: _Words | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.token is None) is (self.subscription is None):
            raise ValueError("give either token or subscription")
        return self

    @property
    def device(self) -> Device:
        """It."""
        if self.subscription is None:
            return Device(self.token or "", self.platform, self.app)
        keys = SubscriptionKeys(self.subscription.keys.p256dh, self.subscription.keys.auth)
        return Device(self.subscription.endpoint, Platform.WEB, self.app, keys)


class ShownDevice(BaseModel):
    """A device, its token masked.

    Args:
        id: Its name here: the token's SHA-256.
        token: The first letters of it.
        platform, app: Where they are known.
        live: Whether messages go to it.
        added_at: When it was first stated.
        last_seen_at: When it was last stated.
        removed_at: When it was last said to be none any more.
        reason: Who said so.
    """

    id: str
    token: str
    platform: Platform | None
    app: str | None
    live: bool
    added_at: datetime
    last_seen_at: datetime
    removed_at: datetime | None
    reason: Removal | None


class DevicesOf(BaseModel):
    """Somebody's devices.

    Args:
        profile_id: The person's; where you asked by the id of a merged profile, that of the survivor.
        devices: The live ones first, the latest seen first.
    """

    profile_id: UUID
    devices: tuple[ShownDevice, ...]


DeviceId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def router(pool: Pool, keys: Keys) -> APIRouter:
    """The routes.

    Args:
        pool: Where devices are kept.
        keys: Who may see and change them.
    """
    routes = APIRouter(prefix="/api/v1/profiles/{profile}/devices", tags=["devices"])

    async def devices_of(profile_id: UUID) -> DevicesOf:
        kept = await kept_devices(pool, profile_id)
        return DevicesOf(profile_id=profile_id, devices=tuple(_shown(each) for each in kept))

    @routes.get("", dependencies=[Depends(bearer(keys, Scope.READ))])
    async def list_devices(profile: UUID) -> DevicesOf:
        """Lists the devices that push messages go to, and those that they went to once."""
        return await devices_of((await find(pool, profile)).id)

    @routes.post("", dependencies=[Depends(bearer(keys, Scope.WRITE))], openapi_extra=documented(NewDevice))
    async def add(profile: UUID, request: Request) -> DevicesOf:
        """Adds a device, or says that it is still there. Whether messages may go to it, consent says."""
        stated = await read_model(request, NewDevice)
        return await devices_of(await add_device(pool, profile, stated.device, datetime.now(UTC)))

    @routes.delete("/{device}", dependencies=[Depends(bearer(keys, Scope.WRITE))])
    async def withdraw(profile: UUID, device: DeviceId) -> DevicesOf:
        """Takes a device back. Again without harm."""
        return await devices_of(await withdraw_device(pool, profile, device, datetime.now(UTC)))

    return routes


def _shown(kept: KeptDevice) -> ShownDevice:
    device = kept.device
    return ShownDevice(
        id=device.id,
        token=f"{device.token[:8]}…",
        platform=device.platform,
        app=device.app,
        live=kept.live,
        added_at=kept.added_at,
        last_seen_at=kept.last_seen_at,
        removed_at=kept.removed_at,
        reason=kept.reason,
    )
