"""Who leaves the audiences of ad platforms by what a request says: a purchase, a no to ads, another address."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fermata.audiences.membership import Doing, leave_on_events, look_again
from fermata.database import Connection
from fermata.ingest.plan import OwnedEvent
from fermata.profiles import Profile
from fermata.vocabulary import Channel


async def leave_audiences(
    connection: Connection, events: Sequence[OwnedEvent], leave_on: Collection[str], now: datetime
) -> None:
    """Ends memberships by what people did. Most requests hold nothing of that kind, and cost nothing here.

    Args:
        connection: Inside the transaction that stores the events.
        events: With whose they are.
        leave_on: The names that end a membership in any audience of the deployment.
        now: The instant.
    """
    doings = [
        Doing(event.profile_id, event.incoming.name, event.incoming.occurred_at)
        for event in events
        if event.incoming.name in leave_on
    ]
    if doings:
        await leave_on_events(connection, doings, now)


async def follow_changes(
    connection: Connection,
    before: Mapping[UUID, Profile],
    after: Mapping[UUID, Profile],
    now: datetime,
    *,
    merged: Collection[UUID] = frozenset(),
) -> None:
    """Has memberships follow what people say of ads, and what they are known by.

    Args:
        connection: Inside the transaction that has saved the profiles.
        before: As they were stored, by id.
        after: As they are now. Those that are new are in no audience.
        now: The instant.
        merged: Those that another has become part of.
    """
    changed = [
        identifier
        for identifier, profile in after.items()
        if identifier in before and (identifier in merged or _matters(before[identifier]) != _matters(profile))
    ]
    if changed:
        await look_again(connection, changed, now)


def _matters(profile: Profile) -> tuple[object, ...]:
    return profile.addresses, profile.country, profile.consent.get(Channel.ADS)
