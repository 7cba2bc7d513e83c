"""Which profile an event belongs to, and which profiles turn out to be one person. Pure; strangers stay strangers.

A name that nobody has goes to the person beside whose names it stands. A name of somebody else joins the two profiles,
unless both have a name of a stronger kind already: two user ids on one device are two people, and so are two e-mail
addresses on one phone number. Then the name is that of whoever stated it first, in the time of the events. Only an
alias joins two user ids: it says in so many words that they are one person.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fermata.events import IncomingEvent
from fermata.profiles.identity import STRENGTH, Anchor, Identity, IdentityKind, identities_of

MOST_NAMES: Mapping[IdentityKind, int] = {
    IdentityKind.USER_ID: 10,  # by aliases only
    IdentityKind.EXTERNAL_ID: 20,
    IdentityKind.EMAIL: 5,
    IdentityKind.PHONE: 5,
    IdentityKind.DEVICE: 20,
    IdentityKind.ANONYMOUS_ID: 100,
    IdentityKind.SESSION: 1000,
}
"""How many names of a kind one person can have. More are the sign of an id that many people share."""

_TELLS_PEOPLE_APART = (IdentityKind.USER_ID, IdentityKind.EMAIL, IdentityKind.PHONE)
"""Kinds of which two people have two. A customer number in one system says nothing against one in another."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of some identities.

    Args:
        owners: The profile of each.
        linked_at: When each was first stated together with another name; those that never were are missing.
        anchors: What holds each of those.
        held: How many names of each kind the profiles have. Asked for only where a name is new to one of them.
        assumed: Those that only an alias has told of.
    """

    owners: Mapping[Identity, UUID] = field(default_factory=dict)
    linked_at: Mapping[Identity, datetime] = field(default_factory=dict)
    anchors: Mapping[Identity, Anchor] = field(default_factory=dict)
    held: Mapping[UUID, Mapping[IdentityKind, int]] = field(default_factory=dict)
    assumed: frozenset[Identity] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """Two profiles that are one person.

    Args:
        survivor: The profile that remains.
        loser: The one that becomes part of it.
        place: Of the event that says so.
        name: The survivor's, as the event states it.
        other_name: The loser's, as the event states it.
    """

    survivor: UUID
    loser: UUID
    place: int
    name: Identity
    other_name: Identity


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose each event is.

    Args:
        owners: The profile of each event, in the order of the events, after all merges.
        new_profiles: Those that must be created.
        new_identities: Those that must be recorded, with their profile.
        merges: In this order: a survivor may be the loser of a later one.
        linked_at: What is to be recorded of when a name was first stated together with another one.
        anchors: What is to be recorded of what holds a name.
        assumed: New ones that only an alias has told of: whether as a user id or a visitor's it does not say.
        confirmed: Known ones that were assumed, and have been used now.
        moved: Names that are somebody else's after all, who stated them earlier.
        left_apart: Places of the events in which a name belongs to somebody else, or is one name too many.
    """

    owners: tuple[UUID, ...]
    new_profiles: frozenset[UUID]
    new_identities: Mapping[Identity, UUID]
    merges: tuple[Merge, ...] = ()
    linked_at: Mapping[Identity, datetime] = field(default_factory=dict)
    anchors: Mapping[Identity, Anchor] = field(default_factory=dict)
    assumed: frozenset[Identity] = frozenset()
    confirmed: frozenset[Identity] = frozenset()
    moved: Mapping[Identity, UUID] = field(default_factory=dict)
    left_apart: frozenset[int] = frozenset()


def resolve(events: Iterable[IncomingEvent], known: Known, new_id: Callable[[], UUID]) -> Resolution:
    """Says whose each event is, what is new, and who is one person.

    Args:
        events: In order.
        known: What is on record of their identities.
        new_id: Makes ids for profiles; a later one is greater.
    """
    stitching = _Stitching(known, new_id)
    for place, event in enumerate(events):
        stitching.take(place, event)
    return stitching.resolution()


class _Stitching:
    """Takes events one by one, each seeing what those before it said."""

    def __init__(self, known: Known, new_id: Callable[[], UUID]) -> None:
        self._known = known
        self._new_id = new_id
        self._owners = dict(known.owners)
        self._held = {profile: Counter(held) for profile, held in known.held.items()}
        self._became: dict[UUID, UUID] = {}
        self._answers: list[UUID] = []
        self._new_profiles: set[UUID] = set()
        self._new_identities: set[Identity] = set()
        self._assumed = set(known.assumed)
        self._moved: set[Identity] = set()
        self._merges: list[Merge] = []
        self._linked_at: dict[Identity, datetime] = {}
        self._anchors: dict[Identity, Anchor] = {}
        self._left_apart: set[int] = set()

    def take(self, place: int, event: IncomingEvent) -> None:
        """Finds the event's person."""
        identities = identities_of(event)
        owner = self._owner(identities[0]) or self._new_profile()
        accepted: list[Identity] = []
        for name in identities:
            if not self._is_accepted(place, event, owner, identities[0], name):
                self._left_apart.add(place)
                continue
            owner = self._now(owner)
            self._give(name, owner, assumed=_is_assumed(name, event))
            accepted.append(name)
        if len(accepted) > 1:
            self._link(accepted, event.occurred_at)
        self._answers.append(owner)

    def resolution(self) -> Resolution:
        """What was found."""
        return Resolution(
            owners=tuple(self._now(owner) for owner in self._answers),
            new_profiles=frozenset(self._new_profiles),
            new_identities={name: self._now(self._owners[name]) for name in self._new_identities},
            merges=tuple(self._merges),
            linked_at=self._linked_at,
            anchors=self._anchors,
            assumed=frozenset(self._assumed & self._new_identities),
            confirmed=self._known.assumed - self._assumed,
            moved={name: self._now(self._owners[name]) for name in self._moved},
            left_apart=frozenset(self._left_apart),
        )

    def _is_accepted(self, place: int, event: IncomingEvent, owner: UUID, strongest: Identity, name: Identity) -> bool:
        """Whether a name is the owner's, or becomes it."""
        other = self._owner(name)
        if other is None:
            return self._has_room(owner, name)
        if other == owner:
            return True
        if self._is_one_person(owner, other, name):
            self._join(owner, other, place, strongest, name)
            return True
        if self._is_stated_earlier(name, event.occurred_at):
            self._move(name, other, owner)
            return True
        return False

    def _owner(self, name: Identity) -> UUID | None:
        owner = self._owners.get(name)
        return self._now(owner) if owner is not None else None

    def _now(self, profile: UUID) -> UUID:
        while profile in self._became:
            profile = self._became[profile]
        return profile

    def _new_profile(self) -> UUID:
        profile = self._new_id()
        self._new_profiles.add(profile)
        return profile

    def _give(self, name: Identity, owner: UUID, *, assumed: bool) -> None:
        is_new, was_assumed = name not in self._owners, name in self._assumed
        if is_new:
            self._owners[name] = owner
            self._new_identities.add(name)
        if assumed:
            self._assumed |= {name} if is_new else set()
        elif is_new or was_assumed:
            self._assumed.discard(name)
            self._held.setdefault(owner, Counter())[name.kind] += 1

    def _has_room(self, owner: UUID, name: Identity) -> bool:
        return self._held.get(owner, Counter())[name.kind] < MOST_NAMES[name.kind]

    def _is_one_person(self, owner: UUID, other: UUID, name: Identity) -> bool:
        mine, theirs = self._held.get(owner, Counter()), self._held.get(other, Counter())
        strength = STRENGTH[IdentityKind.ANONYMOUS_ID if name in self._assumed else name.kind]
        stronger = (kind for kind in _TELLS_PEOPLE_APART if STRENGTH[kind] < strength)
        if any(mine[kind] and theirs[kind] for kind in stronger):
            return False
        return all(
            mine[kind] + theirs[kind] <= MOST_NAMES[kind] for kind in IdentityKind if mine[kind] and theirs[kind]
        )

    def _join(self, owner: UUID, other: UUID, place: int, name: Identity, other_name: Identity) -> None:
        survivor, loser = sorted((owner, other), key=self._rank)
        self._became[loser] = survivor
        self._held[survivor] = self._held.get(survivor, Counter()) + self._held.pop(loser, Counter())
        if loser in self._new_profiles:  # nobody has seen it yet
            self._new_profiles.remove(loser)
        else:
            names = (name, other_name) if survivor == owner else (other_name, name)
            self._merges.append(Merge(survivor, loser, place, *names))

    def _rank(self, profile: UUID) -> tuple[bool, bool, UUID]:
        """The least remains: whoever is on record, then whoever has a user id, then the older."""
        has_user_id = bool(self._held.get(profile, Counter())[IdentityKind.USER_ID])
        return (profile in self._new_profiles, not has_user_id, profile)

    def _is_stated_earlier(self, name: Identity, at: datetime) -> bool:
        before = self._linked(name)
        return before is not None and at < before

    def _move(self, name: Identity, other: UUID, owner: UUID) -> None:
        self._owners[name] = owner
        if name not in self._assumed:
            self._held[other][name.kind] -= 1
            self._held.setdefault(owner, Counter())[name.kind] += 1
        if name not in self._new_identities:
            self._moved.add(name)

    def _link(self, names: Sequence[Identity], at: datetime) -> None:
        """Takes in that names stood together; the strongest is the first of them."""
        for place, name in enumerate(names):
            before = self._linked(name)
            if before is None or at < before:
                self._linked_at[name] = at
            anchor = Anchor(names[0 if place else 1].kind, at)
            if anchor.goes_before(self._anchors.get(name) or self._known.anchors.get(name)):
                self._anchors[name] = anchor

    def _linked(self, name: Identity) -> datetime | None:
        return self._linked_at.get(name) or self._known.linked_at.get(name)


def _is_assumed(name: Identity, event: IncomingEvent) -> bool:
    """Whether the event gives this name only as a former one, of which it does not say what it was."""
    return name.value == event.previous_id and name.value != {
        IdentityKind.USER_ID: event.user_id,
        IdentityKind.ANONYMOUS_ID: event.anonymous_id,
    }.get(name.kind, name.value)
