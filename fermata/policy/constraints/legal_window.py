"""The hours and days in which the law of the profile's region allows marketing on a channel."""

from datetime import datetime
from functools import partial
from typing import ClassVar

from fermata.policy.attempt import Attempt
from fermata.policy.constraint import Kind
from fermata.policy.constraints.holiday import next_working_day
from fermata.policy.regional_rules import RegionalRule
from fermata.policy.verdict import OPEN_FOR_GOOD, PASS, Verdict, later, never
from fermata.vocabulary import Reason

_PUBLIC = ("public",)


class LegalWindow:
    """All the rules that fit the region hold together."""

    rule: ClassVar[str] = "legal_window"
    kind: ClassVar[Kind] = Kind.CLOSED
    holds_transactional: ClassVar[bool] = False

    def earliest(self, at: datetime, attempt: Attempt) -> Verdict:
        if not attempt.legal:
            return OPEN_FOR_GOOD
        for name, rule in attempt.legal:
            opening = attempt.in_all_zones(at, partial(_opening, rule=rule, attempt=attempt))
            if opening is None:
                return never(Reason.LEGAL_WINDOW, _note(name, rule))
            if opening > at:
                return later(opening, Reason.LEGAL_WINDOW, _note(name, rule))
        return PASS


def _opening(at: datetime, zone: str, *, rule: RegionalRule, attempt: Attempt) -> datetime | None:
    """Returns the first instant not before ``at`` that is in the rule's hours; the caller asks again for the rest."""
    if rule.holidays == "never" and attempt.region.country is not None:
        at = next_working_day(at, zone, attempt.region, _PUBLIC)
    return at if rule.window.kind == "always" else rule.window.hours.earliest(at, zone)


def _note(name: str, rule: RegionalRule) -> str:
    return f"{name}: {rule.source} ({rule.grade})"
