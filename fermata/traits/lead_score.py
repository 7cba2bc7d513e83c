"""The lead score: points by rules, with decay, and which rule gave how many."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from math import fsum
from typing import Any

from pydantic import BaseModel, ConfigDict

from fermata.segments import satisfies
from fermata.traits.decay import FORGOTTEN_AFTER, decayed
from fermata.traits.happened import Happened
from fermata.traits.lead_rules import EventRule, LeadRules, TraitRule


class Warmth(StrEnum):
    """How near somebody is to buying, by the thresholds of the rules."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"


class LeadReason(BaseModel):
    """What one rule gave.

    Args:
        rule: Its name.
        points: What is left of them.
        words: "Product Viewed 3 times, the last on 2026-03-04".
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    points: float
    words: str


class LeadScore(BaseModel):
    """Somebody's score.

    Args:
        points: 0 to the cap.
        warmth: By the thresholds.
        reasons: The rules that gave or took any, the weightiest first.
    """

    model_config = ConfigDict(frozen=True)

    points: float
    warmth: Warmth
    reasons: tuple[LeadReason, ...] = ()


def lead_score(rules: LeadRules, events: Iterable[Happened], traits: Mapping[str, Any], at: datetime) -> LeadScore:
    """Returns somebody's lead score.

    Args:
        rules: In force.
        events: Theirs, of the names in ``rules.events`` at least, not later than ``at``, in any order.
        traits: Theirs, as they are now.
        at: The instant, aware.
    """
    happened = list(events)
    reasons = []
    for name, rule in rules.rules.items():
        match rule:
            case EventRule():
                reason = _of_event(name, rule, happened, rule.half_life or rules.half_life, at)
            case TraitRule():
                reason = _of_trait(name, rule, traits)
        if reason is not None:
            reasons.append(reason)
    reasons.sort(key=lambda reason: (-abs(reason.points), reason.rule))
    points = min(max(fsum(reason.points for reason in reasons), 0.0), rules.cap)
    return LeadScore(points=points, warmth=_warmth(points, rules), reasons=tuple(reasons))


def horizon(rules: LeadRules) -> timedelta:
    """How far back an event can still give points."""
    lives = [rule.half_life or rules.half_life for rule in rules.rules.values() if isinstance(rule, EventRule)]
    return FORGOTTEN_AFTER * max(lives, default=rules.half_life)


def _of_event(
    name: str, rule: EventRule, happened: Iterable[Happened], half_life: timedelta, at: datetime
) -> LeadReason | None:
    meant = [each for each in happened if each.name == rule.event and satisfies(each.properties, rule.where)]
    # fsum is exact, so that the order in which events came in cannot be seen in the last digit.
    points = fsum(decayed(rule.points, at - each.at, half_life) for each in meant)
    if not points:
        return None
    if rule.most is not None:
        points = min(max(points, -rule.most), rule.most)
    times = f" {len(meant)} times" if len(meant) > 1 else ""
    last = max(each.at for each in meant)
    return LeadReason(rule=name, points=points, words=f"{rule.event}{times}, the last on {last:%Y-%m-%d}")


def _of_trait(name: str, rule: TraitRule, traits: Mapping[str, Any]) -> LeadReason | None:
    if not rule.points or not rule.comparison.holds(traits):
        return None
    return LeadReason(rule=name, points=rule.points, words=f"trait {rule.comparison.words}")


def _warmth(points: float, rules: LeadRules) -> Warmth:
    if points >= rules.hot:
        return Warmth.HOT
    return Warmth.WARM if points >= rules.warm else Warmth.COLD
