"""What a broadcast would do, counted over its whole segment before anybody is told anything."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fermata.broadcasts.choosing import due_of
from fermata.broadcasts.definition import Broadcast
from fermata.broadcasts.holding_out import draws_of
from fermata.broadcasts.page import Member, look_around, read_page
from fermata.database import Pool
from fermata.policy.zones import wall
from fermata.vocabulary import Channel, Consent, Purpose

_PAGE = 5000
_NEED_NO_ADDRESS = frozenset({Channel.IN_APP, Channel.INBOX, Channel.BADGE, Channel.HAND_OFF})


class _Counted(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ChannelCount(_Counted):
    """How many of those who would enter a channel could not reach. Caps and windows are another matter."""

    channel: Channel
    """A channel of the journey's messages."""
    without_address: int
    """Have no address there."""
    said_no: int
    """Have an address, and said no to marketing there."""
    said_nothing: int
    """Have an address, and said neither yes nor no: whether that will do, the law of their region says."""


class HourCount(_Counted):
    """How many people it reaches in one hour of the day."""

    hour: int
    """0 to 23, on their own clocks."""
    people: int
    """How many."""


class WaveCount(_Counted):
    """How many people it is for at one instant."""

    at: datetime
    """When."""
    people: int
    """How many."""


class Preview(_Counted):
    """A broadcast, counted."""

    name: str
    """As it is declared."""
    journey: str
    """The journey that people would enter."""
    segment: str
    """Who is meant, in words."""
    starts_at: datetime
    """When it would begin."""
    people: int
    """Are in the segment now."""
    held_out: int
    """Of them the broadcast's own holdout would leave out."""
    place_unknown: int
    """Of the others it is not known in which of several time zones they are: the latest of them counts."""
    channels: tuple[ChannelCount, ...]
    """What each channel of the journey would meet."""
    local_hours: tuple[HourCount, ...]
    """When it would reach them by their own clocks, at no rate."""
    waves: tuple[WaveCount, ...]
    """When it would reach them by ours, at no rate; the first 100."""
    seconds_at_rate: float | None
    """How long all of them take at its rate; null without one."""


class _Tally:
    """What is counted, page by page."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.people = self.held_out = self.place_unknown = 0
        self.channels = {each: Counter[str]() for each in channels if each not in _NEED_NO_ADDRESS}
        self.hours = Counter[int]()
        self.waves = Counter[datetime]()

    def add(self, member: Member, due: datetime, zones: Sequence[str]) -> None:
        self.waves[due] += 1
        self.hours[wall(due, zones[0]).hour] += 1
        self.place_unknown += len(zones) > 1
        for channel, counts in self.channels.items():
            if not member.addresses.get(channel):
                counts["without_address"] += 1
                continue
            said = member.consent.get(channel, {}).get(Purpose.MARKETING)
            if said != Consent.GRANTED:
                counts["said_no" if said == Consent.REVOKED else "said_nothing"] += 1


async def preview(
    pool: Pool,
    broadcast: Broadcast,
    *,
    channels: Sequence[Channel],
    starts_at: datetime,
    now: datetime,
    fallback: tuple[str, ...],
) -> Preview:
    """Counts a broadcast over its segment as it is now. Nobody is told anything.

    Args:
        pool: Where people are.
        broadcast: As it would go out.
        channels: Those of its journey's messages.
        starts_at: When it would begin.
        now: The instant, aware.
        fallback: The zones of somebody of whom nothing is known, by the policy.
    """
    tally = _Tally(channels)
    after: UUID | None = None
    await look_around(pool, broadcast.segment, now)
    while True:
        page = await read_page(pool, broadcast.segment, now, after=after, limit=_PAGE, reachable=True)
        left_out = await draws_of(pool, broadcast, [each.id for each in page])
        tally.people += len(page)
        tally.held_out += len(left_out)
        for member in page:
            if member.id not in left_out:
                zones = member.where.zones(fallback, starts_at.year).names
                tally.add(member, due_of(member, broadcast, starts_at, fallback), zones)
        if len(page) < _PAGE:
            return _counted(tally, broadcast, starts_at)
        after = page[-1].id


def _counted(tally: _Tally, broadcast: Broadcast, starts_at: datetime) -> Preview:
    entering = tally.people - tally.held_out
    return Preview(
        name=broadcast.name,
        journey=broadcast.journey,
        segment=str(broadcast.segment),
        starts_at=starts_at,
        people=tally.people,
        held_out=tally.held_out,
        place_unknown=tally.place_unknown,
        channels=tuple(
            ChannelCount(
                channel=channel,
                without_address=counts["without_address"],
                said_no=counts["said_no"],
                said_nothing=counts["said_nothing"],
            )
            for channel, counts in tally.channels.items()
        ),
        local_hours=tuple(HourCount(hour=hour, people=number) for hour, number in sorted(tally.hours.items())),
        waves=tuple(WaveCount(at=at, people=number) for at, number in sorted(tally.waves.items())[:100]),
        seconds_at_rate=broadcast.rate.time_for(entering).total_seconds() if broadcast.rate is not None else None,
    )
