"""Announces a broadcast to some of its people: each by an event at the door of all others, and off the list with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.broadcasts import Broadcast
from fermata.broadcasts.waiting import count_entered, held_out_by_now, leave, message_id, names_of, set_aside
from fermata.database import Connection, Pool
from fermata.events import IncomingEvent
from fermata.ingest.accept import Ingest, Receipt
from fermata.ingest.own_event import own_event
from fermata.profiles import Identity

_TOGETHER = 200  # people in one transaction


@dataclass(frozen=True, slots=True)
class Announcement:
    """What each person is told.

    Args:
        broadcast_id: Of this time that it goes out.
        broadcast: What goes out.
        event: The trigger of its journey.
        properties: Of the event.
    """

    broadcast_id: UUID
    broadcast: Broadcast
    event: str
    properties: Mapping[str, Any]


class _SettledElsewhere(Exception):
    """Some of these people are off the list already: by another try of this, or by a merge."""

    def __init__(self, waiting: frozenset[UUID]) -> None:
        super().__init__(f"{len(waiting)} still wait")
        self.waiting = waiting


async def announce(pool: Pool, door: Ingest, announcement: Announcement, people: Sequence[UUID], now: datetime) -> None:
    """Tells people, and counts what comes of it.

    Whoever is told is off the list in the same transaction, and only whoever is on it is told: a crash at any moment,
    and two that do this at once, tell nobody twice and leave nobody out.

    Args:
        pool: Where they wait.
        door: By which the events come in.
        announcement: What they are told.
        people: Profiles, on the list a moment ago.
        now: The instant, aware.
    """
    names = await names_of(pool, people)
    left_out = await held_out_by_now(pool, announcement.broadcast, people)
    nameless = [each for each in people if each not in names and each not in left_out]
    await set_aside(pool, announcement.broadcast_id, left_out=left_out, nameless=nameless)
    told = [each for each in people if each in names and each not in left_out]
    for start in range(0, len(told), _TOGETHER):
        await _tell(door, announcement, told[start : start + _TOGETHER], names, now)


async def _tell(
    door: Ingest, announcement: Announcement, people: Sequence[UUID], names: Mapping[UUID, Identity], now: datetime
) -> None:
    waiting = list(people)
    broadcast_id = announcement.broadcast_id

    async def settle(connection: Connection, receipt: Receipt) -> None:
        del receipt
        left = await leave(connection, broadcast_id, waiting)
        if len(left) < len(waiting):
            raise _SettledElsewhere(left)
        await count_entered(connection, broadcast_id, announcement.broadcast.journey, waiting)

    while waiting:
        events = [_event(announcement, each, names[each], now) for each in waiting]
        try:
            await door.accept(events, (), now, alongside=settle)
        except _SettledElsewhere as gone:  # all is rolled back: once more, without those
            waiting = [each for each in waiting if each in gone.waiting]
        else:
            return


def _event(announcement: Announcement, person: UUID, name: Identity, now: datetime) -> IncomingEvent:
    return own_event(
        announcement.event,
        name,
        announcement.properties,
        message_id=message_id(announcement.broadcast_id, person),
        at=now,
    )
