"""How often a person was reached lately: what counts toward caps."""

from datetime import datetime, timedelta

from fermata.database import Queries
from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import Channel, Purpose

_QUERIES = Queries("fermata.view")
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class ChannelUse(Shown):
    """What one channel brought the person. A slot counts from its reservation on, until it is given back."""

    channel: Channel
    """The channel."""
    purpose: Purpose
    """Marketing caps count marketing alone."""
    last_24_hours: int
    """How many in the 24 hours before now."""
    last_7_days: int
    """How many in the seven days before now."""
    latest_at: datetime
    """When the latest was."""


async def exposures(subject: Subject) -> tuple[ChannelUse, ...]:
    """Returns what counted within the last seven days, by channel and purpose."""
    rows = await subject.connection.fetch(
        _QUERIES["exposures"], subject.id, subject.now - _DAY, subject.now - _WEEK, subject.now
    )
    return tuple(ChannelUse(**row) for row in rows)
