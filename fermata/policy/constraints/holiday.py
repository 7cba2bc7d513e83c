"""Holidays of the profile's country and subdivision: wait for the next day that is none."""

from datetime import datetime, timedelta
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.holiday_calendar import is_holiday
from fermata.policy.region import Region
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Verdict, later, never
from fermata.policy.zones import start_of_day, wall
from fermata.vocabulary import Reason

_DAY = timedelta(days=1)


class Holiday:
    """A profile whose country is unknown has no holidays that we could know of."""

    rule: ClassVar[str] = "holiday"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        table = attempt.policy.holidays
        if table is None or table.action == "ignore" or attempt.channel not in table.channels:
            return OPEN_FOR_GOOD
        region = attempt.region
        if region.country is None:
            return OPEN_FOR_GOOD
        opening = attempt.in_all_zones(at, lambda t, zone: next_working_day(t, zone, region, table.kinds))
        if opening is None:
            return never(Reason.HOLIDAY, region.text)
        return PASS if opening is at else later(opening, Reason.HOLIDAY, region.text)


def next_working_day(at: datetime, zone: str, region: Region, kinds: tuple[str, ...]) -> datetime:
    """Returns ``at`` where its local day is no holiday, else the first instant of the next day that is none.

    Args:
        at: An instant in UTC.
        zone: Whose local day counts.
        region: Whose holidays count; its country is known.
        kinds: Of holidays.
    """
    country = region.country or ""
    day = today = wall(at, zone).date()
    while is_holiday(day, country, region.subdivision, kinds):
        day += _DAY
    return at if day == today else start_of_day(day, at, zone)
