"""Reads whom a simulation is about: an identify call, its traits, or a profile as ``fermata policy decide`` has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from fermata.errors import InvalidEvent, NotFound
from fermata.events import parse
from fermata.events.instant import to_instant

_ADDRESSES = {"email": "email", "sms": "phone", "push": "push_token"}
_AS_THEY_ARE = (
    "timezone",
    "locale",
    "consent",
    "quiet_hours",
    "do_not_disturb",
    "do_not_disturb_until",
    "topics",
    "preferred_channels",
)
_OF_A_DECISION = frozenset({"addresses", "country", "subdivision"})


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody, as a file describes them.

    Args:
        user_id: Theirs; None where the file does not say.
        identify: What they say of themselves, in the Segment spec.
    """

    user_id: str | None
    identify: Mapping[str, Any]


def read_person_file(path: Path) -> Described:
    """Reads a file.

    Args:
        path: JSON: ``{"userId": "ada", "traits": {…}}``, the traits alone, or ``{"timezone": …, "addresses": {…}}``.

    Raises:
        NotFound: It cannot be read.
        InvalidEvent: It describes nobody; names the field.
    """
    try:
        read = orjson.loads(path.read_bytes())
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(f"{path} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    if not isinstance(read, dict):
        raise InvalidEvent(f"{path} holds no JSON object; write what an identify call has: {{'traits': {{…}}}}")
    described = _described(read)
    call = {**described.identify, "type": "identify", "userId": described.user_id or "somebody"}
    try:
        parse(call, received_at=to_instant("2026-01-01T00:00:00Z"))
    except InvalidEvent as error:
        raise InvalidEvent(f"{path}: {error.field}: {error}", field=error.field) from None
    return described


def _described(read: Mapping[str, Any]) -> Described:
    if isinstance(read.get("traits"), Mapping) and not read.keys() & _OF_A_DECISION:
        name = read.get("userId")
        call = {key: value for key, value in read.items() if key in ("traits", "context")}
        return Described(name if isinstance(name, str) else None, call)
    if read.keys() & _OF_A_DECISION:
        return Described(_name(read.get("id")), {"traits": _traits_of(read)})
    return Described(None, {"traits": dict(read)})


def _traits_of(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The traits that bring such a profile about."""
    addresses = profile.get("addresses") or {}
    traits = {name: profile[name] for name in _AS_THEY_ARE if profile.get(name) is not None}
    traits |= {trait: addresses[channel] for channel, trait in _ADDRESSES.items() if channel in addresses}
    if profile.get("country"):
        traits["address"] = {"country": profile["country"], "state": profile.get("subdivision")}
    return {**(profile.get("traits") or {}), **traits}


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
