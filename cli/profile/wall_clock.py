"""The clock on a person's wall, for instants near and far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fermata.view import ProfileView
from fermata.wording import local

_NEAR = timedelta(days=6)


@dataclass(frozen=True)
class WallClock:
    """A person's clock.

    Args:
        zone: IANA name; None shows UTC.
        now: The present, aware.
    """

    zone: str | None
    now: datetime

    def at(self, instant: datetime) -> str:
        """Returns ``12:42`` for today, ``Thu 12:42`` within the week around it, else ``4 Mar 2026 12:42``."""
        if abs(instant - self.now) < _NEAR:
            return local(instant, self.zone, self.now, name=False)
        there = instant.astimezone(ZoneInfo(self.zone or "UTC"))
        return f"{there.day} {there:%b %Y %H:%M}"


def clock_of(view: ProfileView) -> WallClock:
    """Returns the clock of the person whom a view shows."""
    return WallClock(view.place.time_zone, view.as_of)
