"""Which profile an event belongs to: user id first, then other names. Two profiles are never joined here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from fermata.events import IncomingEvent


class IdentityKind(StrEnum):
    """What sort of name it is."""

    USER_ID = "user_id"
    ANONYMOUS_ID = "anonymous_id"


class Identity(NamedTuple):
    """One name of a person, elsewhere."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of some identities.

    Args:
        owners: The profile of each.
        claimed: The profiles that have a user id already: another user id is another person. Asked for only where
            one of the user ids is not on record.
    """

    owners: Mapping[Identity, UUID] = field(default_factory=dict)
    claimed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose each event is.

    Args:
        owners: The profile of each event, in the order of the events.
        new_profiles: Those that must be created.
        new_identities: Those that must be recorded, with their profile.
        left_apart: Places of the aliases whose two names belong to two profiles.
    """

    owners: tuple[UUID, ...]
    new_profiles: frozenset[UUID]
    new_identities: Mapping[Identity, UUID]
    left_apart: frozenset[int] = frozenset()


def identities_of(event: IncomingEvent) -> tuple[Identity, ...]:
    """The names that the event may mean its person by, the stronger first.

    The former name that an alias gives may have been a user id or an anonymous id: it is looked for as both.
    """
    names = (
        (IdentityKind.USER_ID, event.user_id),
        (IdentityKind.USER_ID, event.previous_id),
        (IdentityKind.ANONYMOUS_ID, event.previous_id),
        (IdentityKind.ANONYMOUS_ID, event.anonymous_id),
    )
    return tuple(dict.fromkeys(Identity(kind, value) for kind, value in names if value is not None))


def resolve(events: Iterable[IncomingEvent], known: Known, new_id: Callable[[], UUID]) -> Resolution:
    """Says whose each event is, what is new, and which names a profile gains.

    A known user id decides. A new user id takes over the profile of the anonymous id beside it, unless that one has a
    user id already: then somebody else uses the same device, and the two stay apart. An alias from a user id to a new
    one is another name for the same person; between two profiles that are on record it changes nothing.

    Args:
        events: In order.
        known: What is on record of their identities.
        new_id: Makes ids for profiles.
    """
    owners = dict(known.owners)
    claimed = set(known.claimed)
    new_profiles: set[UUID] = set()
    new_identities: dict[Identity, UUID] = {}
    answers: list[UUID] = []
    left_apart: set[int] = set()
    for place, event in enumerate(events):
        identities = identities_of(event)
        former = _former(event)
        owner = _owner(identities, former, owners, claimed)
        if owner is None:
            owner = new_id()
            new_profiles.add(owner)
        for identity in _gained(identities, former, owners):
            owners[identity] = new_identities[identity] = owner
        if event.user_id is not None:
            claimed.add(owner)
        if any(owners.get(name, owner) != owner for name in former):
            left_apart.add(place)
        answers.append(owner)
    return Resolution(tuple(answers), frozenset(new_profiles), new_identities, frozenset(left_apart))


def _former(event: IncomingEvent) -> tuple[Identity, ...]:
    if event.previous_id is None or event.previous_id == event.user_id:
        return ()
    return tuple(Identity(kind, event.previous_id) for kind in (IdentityKind.USER_ID, IdentityKind.ANONYMOUS_ID))


def _owner(
    identities: tuple[Identity, ...],
    former: tuple[Identity, ...],
    owners: Mapping[Identity, UUID],
    claimed: set[UUID],
) -> UUID | None:
    strongest, weaker = identities[0], identities[1:]
    if strongest in owners:
        return owners[strongest]
    found = ((identity, owners[identity]) for identity in weaker if identity in owners)
    # A former user id names the very person; an anonymous id only a device, which somebody else may use now.
    return next((owner for name, owner in found if owner not in claimed or name in former[:1]), None)


def _gained(
    identities: tuple[Identity, ...], former: tuple[Identity, ...], owners: Mapping[Identity, UUID]
) -> list[Identity]:
    """The names to be recorded. A former name of unknown kind counts as an anonymous id, which claims the least."""
    new = [identity for identity in identities if identity not in owners]
    if not former:
        return new
    as_user, as_anonymous = former
    return [name for name in new if name != as_user and not (name == as_anonymous and as_user in owners)]
