"""Whose an event is does not depend on the order of arrival, and what many people share joins nobody."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fermata.events import IncomingEvent, parse
from fermata.profiles import MOST_NAMES, Anchor, Identity, IdentityKind, Known, Merge, identities_of, resolve

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NAMES = ("userId", "former", "email", "phone", "device", "anonymousId", "second", "loyalty")


def event(minute: int, **names: str) -> IncomingEvent:
    """An event that gives these names, so many minutes before now."""
    context: dict[str, Any] = {"traits": {name: names[name] for name in ("email", "phone") if name in names}}
    if "device" in names:
        context["device"] = {"id": names["device"]}
    if "loyalty" in names:
        context["externalIds"] = [{"type": "loyalty_card", "id": names["loyalty"]}]
    payload = {
        "type": "track",
        "event": "X",
        "userId": names.get("userId", names.get("former")),
        "anonymousId": names.get("anonymousId", names.get("second")),
        "context": context,
        "timestamp": (NOW - timedelta(minutes=minute)).isoformat(),
    }
    return parse(payload, received_at=NOW)


def alias(person: int) -> IncomingEvent:
    """Says that the user whom the person formerly was is the one that they are."""
    payload = {"type": "alias", "previousId": f"former {person}", "userId": f"userId {person}"}
    return parse({**payload, "timestamp": NOW.isoformat()}, received_at=NOW)


class Record:
    """What a database would hold, batch after batch."""

    def __init__(self) -> None:
        self.owners: dict[Identity, UUID] = {}
        self.linked_at: dict[Identity, datetime] = {}
        self.assumed: set[Identity] = set()
        self.anchors: dict[Identity, Anchor] = {}
        self.merges: list[Merge] = []
        self._ids = count(1)

    def take(self, events: Sequence[IncomingEvent]) -> None:
        held: dict[UUID, Counter[IdentityKind]] = {}
        for name, owner in self.owners.items():
            held.setdefault(owner, Counter())[name.kind] += name not in self.assumed
        known = Known(self.owners, self.linked_at, self.anchors, held, frozenset(self.assumed))
        found = resolve(events, known, lambda: UUID(int=next(self._ids)))
        for merge in found.merges:
            self.owners = {n: merge.survivor if o == merge.loser else o for n, o in self.owners.items()}
        self.owners |= dict(found.new_identities) | dict(found.moved)
        self.linked_at |= dict(found.linked_at)
        self.assumed = (self.assumed | found.assumed) - found.confirmed
        self.anchors |= dict(found.anchors)
        self.merges += found.merges
        for each, owner in zip(events, found.owners, strict=True):
            strongest = identities_of(each)[0]
            # A weaker name may prove to be somebody else's by a later event, which tells of an earlier time.
            assert self.owners[strongest] == owner or strongest.kind is not IdentityKind.USER_ID

    def people(self) -> set[frozenset[Identity]]:
        """Names that lead to one profile, profile for profile."""
        return {
            frozenset(name for name, owner in self.owners.items() if owner == one) for one in set(self.owners.values())
        }


def of_person(person: int, names: frozenset[str]) -> dict[str, str]:
    values = {"email": f"p{person}@example.org", "phone": f"+4420718387{person:02}"}
    return {name: values.get(name, f"{name} {person}") for name in names}


PEOPLE = st.lists(
    st.tuples(st.integers(0, 3), st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=4)),
    min_size=1,
    max_size=14,
)


@given(PEOPLE, st.randoms(use_true_random=False), st.integers(1, 5))
def test_names_that_stand_together_lead_to_one_profile_in_whatever_order_and_batches_they_come(
    said: list[tuple[int, frozenset[str]]], random: Any, size: int
) -> None:
    events = [event(minute, **of_person(person, names)) for minute, (person, names) in enumerate(said)]
    events += [alias(person) for person in range(4)]
    components: list[set[Identity]] = []
    for each in events:
        names = set(identities_of(each))
        touching = [one for one in components if one & names]
        components = [one for one in components if not one & names] + [names.union(*touching)]
    assumed: list[set[Identity]] = []
    for _ in range(3):
        record = Record()
        for start in range(0, len(events), size):
            record.take(events[start : start + size])
        assert record.people() == {frozenset(one) for one in components}
        if not any("former" in names for _, names in said):
            # Before an alias two user ids are two people, and a name may be left out where it is stated with one.
            assert record.anchors == _anchors(events)
        assumed.append(record.assumed)
        random.shuffle(events)
    assert assumed[0] == assumed[1] == assumed[2]


def _anchors(events: Sequence[IncomingEvent]) -> dict[Identity, Anchor]:
    found: dict[Identity, Anchor] = {}
    for each in events:
        names = identities_of(each)
        for name, other in permutations(names, 2):
            anchor = Anchor(other.kind, each.occurred_at)
            if anchor.goes_before(found.get(name)):
                found[name] = anchor
    return found


@given(PEOPLE, st.randoms(use_true_random=False))
def test_what_strangers_share_never_makes_them_one(said: list[tuple[int, frozenset[str]]], random: Any) -> None:
    """A till, a family's phone and a visitor's id that four people with user ids and mailboxes use."""
    shared = {"device": "till 7", "anonymousId": "kiosk", "phone": "+442071838799"}
    events = [
        event(
            minute,
            **of_person(person, frozenset({"userId", "email"})),
            **{n: v for n, v in shared.items() if n in names},
        )
        for minute, (person, names) in enumerate(said)
    ]
    random.shuffle(events)
    record = Record()
    for each in events:
        record.take([each])
    assert record.merges == []
    for names in record.people():
        assert Counter(name.kind for name in names)[IdentityKind.USER_ID] == 1
    # A shared name is the first one's, in the time of the events.
    for shared_name in {n for n in record.owners if n.kind not in (IdentityKind.USER_ID, IdentityKind.EMAIL)}:
        first = min((e for e in events if shared_name in identities_of(e)), key=lambda e: e.occurred_at)
        assert record.owners[shared_name] == record.owners[identities_of(first)[0]]


def test_an_id_that_too_many_mailboxes_share_takes_no_more_of_them() -> None:
    record = Record()
    most = MOST_NAMES[IdentityKind.EMAIL]
    for n in range(most + 3):
        record.take([event(n, userId="cashier", email=f"p{n}@example.org")])
    [names] = [one for one in record.people() if any(name.kind is IdentityKind.USER_ID for name in one)]
    assert Counter(name.kind for name in names)[IdentityKind.EMAIL] == most
