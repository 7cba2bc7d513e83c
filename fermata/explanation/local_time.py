"""Instants as the clock on the person's wall shows them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fermata.ledger.record import DecisionRecord

_WITHIN_A_WEEK = timedelta(days=6)


class LocalTime:
    """The person's clock, as far as a decision knew it: of several zones that they may be in, the first.

    Args:
        record: The decision. Its trace names the zone that the rules looked at.
    """

    def __init__(self, record: DecisionRecord) -> None:
        seen = next((answer.zone for answer in record.trace if answer.zone), None)
        given = record.facts.profile.timezone or record.facts.profile.device_timezone if record.facts else None
        # The trace writes "America/New_York (profile)", and IANA names hold no space.
        self.zone = seen.split()[0] if seen else given or "UTC"
        self.source = seen or (f"{given} (profile)" if given else "not known; shown in UTC")
        self._info = ZoneInfo(self.zone)
        self._near = record.decided_at

    def in_full(self, instant: datetime) -> str:
        """Returns "Wednesday 4 March 2026, 12:00:05"."""
        local = instant.astimezone(self._info)
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S}"

    def to_the_minute(self, instant: datetime) -> str:
        """Returns "Wed 09:00" within the week around the decision, else "Wed 4 Mar 2026 09:00"."""
        local = instant.astimezone(self._info)
        near = abs(instant - self._near) < _WITHIN_A_WEEK
        return f"{local:%a %H:%M}" if near else f"{local:%a} {local.day} {local:%b %Y %H:%M}"
