"""The 360 view: everything that is known of a person, put together from its parts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.database import Pool, Queries
from fermata.ledger.decisions import list_decisions
from fermata.ledger.record import DecisionSummary
from fermata.traits import LeadRules, LiveTraits, fresh_borders, traits_of
from fermata.view.addresses import Address, Suppression, addresses, suppressions
from fermata.view.consent import ConsentRecord, consent
from fermata.view.exposures import ChannelUse, exposures
from fermata.view.finding import Wanted, find
from fermata.view.holdouts import HoldoutDraw, holdouts
from fermata.view.merges import MergedProfile, merges
from fermata.view.names import Name, names
from fermata.view.place import Place, place
from fermata.view.preferences import Preferences, preferences
from fermata.view.runs import Runs, runs
from fermata.view.shown import Shown
from fermata.view.standing import Acquisition, Lifecycle, acquisition, lifecycle
from fermata.view.subject import Subject, snapshot
from fermata.view.visit import Visit, visit
from fermata.view.waiting import WaitingMessage, waiting

_QUERIES = Queries("fermata.view")
_LATEST_DECISIONS = 10


class ProfileView(Shown):
    """Everything that is known of a person, as of one instant. Addresses are masked."""

    id: UUID
    """The profile's."""
    asked_for: UUID | None
    """The id that was asked for, where that profile was merged into this one; else null."""
    created_at: datetime
    """When the person first came in."""
    updated_at: datetime
    """When anything about them last changed."""
    as_of: datetime
    """The instant that this view shows."""
    identities: tuple[Name, ...]
    """Their names elsewhere."""
    place: Place
    """Where they are, and what time it is there."""
    addresses: tuple[Address, ...]
    """Where they can be reached."""
    suppressions: tuple[Suppression, ...]
    """Addresses of theirs that must not be reached."""
    consent: ConsentRecord
    """What they agreed to and took back, and how it came to that."""
    preferences: Preferences
    """Topics, channels, quiet hours and silence."""
    traits: dict[str, Any]
    """What was stated of them beside all that: the latest word on each."""
    live_traits: LiveTraits
    """What follows from what they did, as of now: RFM, engagement, visits, interests, lead score, forecasts."""
    lifecycle: Lifecycle
    """How far they have come."""
    acquisition: Acquisition
    """How they came to us."""
    session: Visit | None
    """Their latest visit."""
    runs: Runs
    """The journeys that they are in, and were in."""
    holdouts: tuple[HoldoutDraw, ...]
    """What they are held out of, or were drawn for."""
    waiting: tuple[WaitingMessage, ...]
    """Messages that are held, in the order in which they will be decided, up to 100."""
    exposures: tuple[ChannelUse, ...]
    """How often they were reached within seven days: what counts toward caps."""
    decisions: tuple[DecisionSummary, ...]
    """The latest ten, the newest first."""
    merges: tuple[MergedProfile, ...]
    """Profiles that became part of this one, the newest first, up to 100."""


async def read_profile(
    pool: Pool, wanted: UUID | Wanted, now: datetime, lead_rules: LeadRules | None = None
) -> ProfileView:
    """Returns everything that is known of a person.

    Args:
        pool: Any.
        wanted: The profile's id, or a name of the person.
        now: The present instant, aware.
        lead_rules: Of this deployment; those that ship where it is None.

    Raises:
        InvalidEvent: The name cannot be one of its kind.
        NotFound: There is nobody.
    """
    await fresh_borders(pool, now)  # where the fifths of all customers lie: looked at by whoever asks first in an hour
    async with snapshot(pool) as connection:
        found = await find(connection, wanted)
        subject = Subject(connection, await connection.fetchrow(_QUERIES["profile"], found.profile_id), now)
        where = place(subject)
        decisions = await list_decisions(connection, profile_id=subject.id, limit=_LATEST_DECISIONS)
        return ProfileView(
            id=subject.id,
            asked_for=found.asked_for,
            created_at=subject.profile["created_at"],
            updated_at=subject.profile["updated_at"],
            as_of=now,
            identities=await names(subject),
            place=where,
            addresses=addresses(subject),
            suppressions=await suppressions(subject),
            consent=await consent(subject),
            preferences=preferences(subject),
            traits=subject.profile["traits"],
            live_traits=(await traits_of(connection, [subject.id], now, lead_rules))[subject.id],
            lifecycle=await lifecycle(subject),
            acquisition=await acquisition(subject),
            session=visit(subject),
            runs=await runs(subject),
            holdouts=await holdouts(subject),
            waiting=await waiting(subject, where.time_zone),
            exposures=await exposures(subject),
            decisions=decisions.items,
            merges=await merges(subject),
        )
