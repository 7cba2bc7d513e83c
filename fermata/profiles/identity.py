"""Which profile an event belongs to: user id first, then anonymous id. Two known people are never joined here."""

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
    """

    owners: tuple[UUID, ...]
    new_profiles: frozenset[UUID]
    new_identities: Mapping[Identity, UUID]


def identities_of(event: IncomingEvent) -> tuple[Identity, ...]:
    """The names that the event gives for its person, the stronger first."""
    names = ((IdentityKind.USER_ID, event.user_id), (IdentityKind.ANONYMOUS_ID, event.anonymous_id))
    return tuple(Identity(kind, value) for kind, value in names if value is not None)


def resolve(events: Iterable[IncomingEvent], known: Known, new_id: Callable[[], UUID]) -> Resolution:
    """Says whose each event is, what is new, and which names a profile gains.

    A known user id decides. A new user id takes over the profile of the anonymous id beside it, unless that one has a
    user id already: then somebody else uses the same device, and the two stay apart.

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
    for event in events:
        identities = identities_of(event)
        owner = _owner(identities, owners, claimed)
        if owner is None:
            owner = new_id()
            new_profiles.add(owner)
        for identity in identities:
            if identity not in owners:
                owners[identity] = new_identities[identity] = owner
            if identity.kind is IdentityKind.USER_ID:
                claimed.add(owner)
        answers.append(owner)
    return Resolution(tuple(answers), frozenset(new_profiles), new_identities)


def _owner(identities: tuple[Identity, ...], owners: Mapping[Identity, UUID], claimed: set[UUID]) -> UUID | None:
    strongest, weaker = identities[0], identities[1:]
    if strongest in owners:
        return owners[strongest]
    found = (owners[identity] for identity in weaker if identity in owners)
    return next((owner for owner in found if owner not in claimed), None)
