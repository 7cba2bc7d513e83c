"""What a run does with a run that it starts: by the door of all events, so that every rule of enrolment holds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from fermata.database import Connection, Pool
from fermata.enrolment import adopt
from fermata.ingest import Ingest, Receipt
from fermata.ingest.outgoing import NewDispatch, dispatch
from fermata.ingest.own_event import own_event
from fermata.journeys import ChildStart, ParentHeld
from fermata.profiles.by_id import find, lock, strongest_name
from fermata.vocabulary import Reason


class ChildWanted(BaseModel):
    """A run that another one wants to begin for its person.

    Args:
        run_id: The parent's.
        journey: The child's.
        event: What begins the child's journey.
        properties: Of that event.
        message_id: The same one again is the same wish.
        awaited: The parent waits for the end of it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile_id: UUID
    asked_at: AwareDatetime
    run_id: UUID
    journey: str
    event: str
    properties: dict[str, Any] = {}
    message_id: str
    awaited: bool


class ChildHeld(BaseModel):
    """A run whose parent is paused, or goes on.

    Args:
        run_id: The child's.
        holds: Paused; else it goes on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile_id: UUID
    asked_at: AwareDatetime
    run_id: UUID
    holds: bool


async def start_child(pool: Pool, ingest: Ingest, wanted: ChildWanted, now: datetime) -> ChildStart:
    """Stores the event that begins the child's journey, and says what became of it. Told again it changes nothing."""
    profile = await find(pool, wanted.profile_id)
    async with pool.acquire() as connection:
        name = await strongest_name(connection, profile.id)
    if name is None:
        return ChildStart(reason=Reason.EVENT_NO_IDENTITY)
    begun = ChildStart(reason=Reason.EVENT_NO_JOURNEY)

    async def take(connection: Connection, _: Receipt) -> None:
        nonlocal begun
        begun = await adopt(connection, wanted.run_id, wanted.message_id, wanted.journey, awaited=wanted.awaited)

    event = own_event(wanted.event, name, wanted.properties, message_id=wanted.message_id, at=wanted.asked_at)
    await ingest.accept([event], (), now, alongside=take)
    return begun


async def hold_child(pool: Pool, held: ChildHeld, now: datetime) -> None:
    """Leaves the child a word: that its parent is paused, or goes on. It goes in order with all the person's."""
    async with pool.acquire() as connection, connection.transaction():
        profile = await lock(connection, held.profile_id)
        word = ParentHeld(holds=held.holds)
        await dispatch(connection, [NewDispatch(profile.id, held.run_id, None, "parent_held", word)], now)
