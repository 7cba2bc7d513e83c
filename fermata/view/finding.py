"""Finds the person who is asked for, by the profile's id or by a name; whoever was merged is found as the survivor."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from fermata.database import Connection, Queries, survivor_of
from fermata.errors import InvalidEvent, NotFound
from fermata.events.names import email_name, hashed_name, phone_name
from fermata.profiles import IdentityKind

_QUERIES = Queries("fermata.view")
_HASHED = 64  # hexadecimal digits of a SHA-256

LOOK_UPS = (
    IdentityKind.USER_ID,
    IdentityKind.ANONYMOUS_ID,
    IdentityKind.EMAIL,
    IdentityKind.PHONE,
    IdentityKind.EXTERNAL_ID,
)
"""The kinds of names that somebody may be looked up by."""


class Wanted(NamedTuple):
    """A name that somebody is looked up by.

    Args:
        kind: One of ``LOOK_UPS``.
        value: As people write it: an email address or a phone number in full, or its SHA-256.
    """

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a look-up found.

    Args:
        profile_id: The profile.
        asked_for: The id that was asked for, where that profile was merged into this one; else None.
    """

    profile_id: UUID
    asked_for: UUID | None = None


async def find(connection: Connection, wanted: UUID | Wanted) -> Found:
    """Finds a person.

    Args:
        connection: Any.
        wanted: The profile's id, or a name.

    Raises:
        InvalidEvent: The name cannot be one of its kind.
        NotFound: There is nobody; names what was looked for.
    """
    if isinstance(wanted, UUID):
        return await _by_id(connection, wanted)
    profile_id = await connection.fetchval(_QUERIES["by_name"], wanted.kind.value, _stored(wanted))
    if profile_id is None:
        raise NotFound(f"no profile has the {_in_words(wanted.kind)} {wanted.value!r}")
    return Found(profile_id)


async def _by_id(connection: Connection, profile_id: UUID) -> Found:
    if await connection.fetchval(_QUERIES["known"], profile_id) is not None:
        return Found(profile_id)
    survivor = await survivor_of(connection, profile_id)
    if survivor is None:
        raise NotFound(f"no profile has the id {profile_id}")
    return Found(survivor, asked_for=profile_id)


def _stored(wanted: Wanted) -> str:
    """The name as it stands among the identities."""
    match wanted.kind:
        case IdentityKind.EMAIL:
            name = _hash(wanted.value) or email_name(wanted.value)
            mend = "write it like 'ada@example.com', or give its SHA-256"
        case IdentityKind.PHONE:
            name = _hash(wanted.value) or phone_name(wanted.value, None)
            mend = "write it with its country code, like '+442071838750', or give its SHA-256"
        case _:
            name = wanted.value
            mend = "leave the NUL character out"
    if name is None or "\0" in name:
        raise InvalidEvent(
            f"{wanted.value!r} is no {_in_words(wanted.kind)} that anybody is known by; {mend}", field=wanted.kind.value
        )
    return name


def _hash(value: str) -> str | None:
    if len(value.strip()) != _HASHED:
        return None
    try:
        return hashed_name(value)
    except ValueError:
        return None


def _in_words(kind: IdentityKind) -> str:
    return kind.value.replace("_", " ")
