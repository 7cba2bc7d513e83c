"""What a request's events say on consent: into the log, and from there into what decisions read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from fermata.database import Connection
from fermata.ingest.plan import OwnedEvent
from fermata.profiles import Identity, Known, Profile, Resolution, identities_of
from fermata.profiles.consent_entry import ConsentEntry
from fermata.profiles.consent_heard import CONSENT, entries_of, is_plainly_the_latest, with_the_latest
from fermata.profiles.consent_log import append, follow_names, settle


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, worked out in memory before anything is written.

    Args:
        profiles: As they are to be saved: where a word is plainly the latest, it holds already.
        entries: For the log.
        moved: Names that are somebody else's after all, with whose they were and whose they are, as far as anything
            was ever said there.
        unsettled: Profiles whose log must be read: a word came late, or a name with words of its own became theirs.
    """

    profiles: Mapping[UUID, Profile]
    entries: Sequence[ConsentEntry]
    moved: Sequence[tuple[Identity, UUID, UUID]]
    unsettled: frozenset[UUID]


def hear(
    events: Sequence[OwnedEvent],
    profiles: Mapping[UUID, Profile],
    on_record: Mapping[UUID, Profile],
    known: Known,
    resolution: Resolution,
    now: datetime,
) -> Heard:
    """Takes in what events say.

    Args:
        events: In the order in which they occurred.
        profiles: Of all of them, with everything that the events change but consent.
        on_record: All that the transaction holds, as they are stored, after all merges.
        known: What was on record of their names.
        resolution: What the events tell of names.
        now: When they came in.
    """
    heard = dict(profiles)
    entries: list[ConsentEntry] = []
    moved = _moved(on_record, known, resolution)
    unsettled = {owner for owner in _with_other_names(events, known, resolution) if CONSENT in heard[owner].facts_at}
    unsettled.update(owner for _, *owners in moved for owner in owners)
    for event in events:
        said = entries_of(event.incoming, heard[event.profile_id], now)
        if not said:
            continue  # most events
        entries += said
        name = identities_of(event.incoming)[0]
        anchor = resolution.anchors.get(name) or known.anchors.get(name)
        if event.profile_id in unsettled or not is_plainly_the_latest(event.incoming, heard[event.profile_id], anchor):
            unsettled.add(event.profile_id)
            continue
        statements = [entry.statement for entry in said]
        heard[event.profile_id] = with_the_latest(heard[event.profile_id], statements)
    heard |= {owner: on_record[owner] for owner in unsettled if owner not in heard}
    return Heard(heard, entries, moved, frozenset(unsettled))


async def keep(connection: Connection, heard: Heard, now: datetime) -> Mapping[UUID, Profile]:
    """Writes the log, and folds that of the profiles that are unsettled.

    Args:
        connection: Inside the transaction that has saved the profiles and their names.
        heard: What was said.
        now: The instant.

    Returns:
        The profiles, with the consent that holds now.
    """
    if heard.moved:
        await follow_names(connection, heard.moved)
    if heard.entries:
        await append(connection, heard.entries, now)
    if not heard.unsettled:
        return heard.profiles
    settled = await settle(connection, heard.unsettled, now)
    return {
        profile.id: replace(profile, consent=settled[profile.id].consent) if profile.id in settled else profile
        for profile in heard.profiles.values()
    }


def _moved(
    on_record: Mapping[UUID, Profile], known: Known, resolution: Resolution
) -> list[tuple[Identity, UUID, UUID]]:
    if not resolution.moved:
        return []  # most requests
    became = {merge.loser: merge.survivor for merge in resolution.merges}
    found: list[tuple[Identity, UUID, UUID]] = []
    for name, owner in resolution.moved.items():
        former = known.owners[name]
        while former in became:
            former = became[former]
        if former != owner and CONSENT in on_record[former].facts_at:
            found.append((name, former, owner))
    return found


def _with_other_names(events: Sequence[OwnedEvent], known: Known, resolution: Resolution) -> set[UUID]:
    """Profiles that became one, or of which a name that was on record before is held by another one than it was."""
    survivors = {merge.survivor for merge in resolution.merges}
    rebound = {name for name in resolution.anchors if name in known.owners}
    if not survivors and not rebound:
        return set()  # most requests
    return {
        event.profile_id
        for event in events
        if event.profile_id in survivors or not rebound.isdisjoint(identities_of(event.incoming))
    }
