"""Whose waiting messages must be decided again after an event: what they wait for may have come, or been withdrawn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from fermata.profiles import Profile


@dataclass(frozen=True, slots=True)
class Wakes:
    """Profiles whose waiting messages are told to decide again.

    Args:
        facts_changed: Something that a decision rests on is another now: every message is told.
        visits_begun: They are on a visit again: messages that wait for one are told.
    """

    facts_changed: Collection[UUID]
    visits_begun: Collection[UUID]

    def __bool__(self) -> bool:
        return bool(self.facts_changed or self.visits_begun)


def wakes(
    before: Mapping[UUID, Profile], after: Mapping[UUID, Profile], merged: Collection[UUID] = frozenset()
) -> Wakes:
    """Compares profiles. Those that are new have nothing that waits.

    Args:
        before: As they were stored, by id.
        after: As they are now.
        merged: Those that another has become part of: its slots count for them from now on.
    """
    known = [(before[identifier], profile) for identifier, profile in after.items() if identifier in before]
    return Wakes(
        facts_changed=[
            profile.id for was, profile in known if _deciding(was) != _deciding(profile) or profile.id in merged
        ],
        visits_begun=[profile.id for was, profile in known if _visit(was) != _visit(profile)],
    )


def _deciding(profile: Profile) -> tuple[object, ...]:
    return (
        profile.time_zone,
        profile.device_time_zone,
        profile.country,
        profile.subdivision,
        profile.device_country,
        profile.addresses,
        profile.consent,
        profile.quiet_hours,
        profile.do_not_disturb,
        profile.do_not_disturb_until,
        profile.topics,
        profile.preferred_channels,
    )


def _visit(profile: Profile) -> str | None:
    return profile.session.id if profile.session is not None else None
