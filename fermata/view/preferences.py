"""How a person wants to be reached: on which topics, by which channel first, when not, or not at all."""

from datetime import datetime

from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import Channel


class QuietHours(Shown):
    """Hours of silence, every day, on the person's clock. They may cross midnight."""

    start: str
    """For example `22:00`; this minute is silent."""
    end: str
    """For example `07:00`; this minute is not."""


class Preferences(Shown):
    """What a person asked for."""

    quiet_hours: QuietHours | None
    """Their own; the policy's windows hold beside them."""
    do_not_disturb: bool
    """Silence with no end."""
    do_not_disturb_until: datetime | None
    """Silence until an instant, which may be past."""
    topics: dict[str, bool]
    """What they want to hear of, and what not. A topic that is not listed was never spoken of."""
    preferred_channels: tuple[Channel, ...]
    """The channels that they like best, the best first."""


def preferences(subject: Subject) -> Preferences:
    """Returns what the person asked for."""
    row = subject.profile
    return Preferences(
        quiet_hours=QuietHours(**row["quiet_hours"]) if row["quiet_hours"] else None,
        do_not_disturb=row["do_not_disturb"],
        do_not_disturb_until=row["do_not_disturb_until"],
        topics=row["topics"],
        preferred_channels=tuple(Channel(name) for name in row["preferred_channels"]),
    )
