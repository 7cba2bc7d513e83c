"""An independent reference, every rule asked at every quarter hour, gives the same decisions."""

import json
import os
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from fermata.policy import Facts, Policy, decide, default_policy, parse_policy
from tests.unit.policy import brute_force
from tests.unit.policy.cases import given, random_case

DAY = timedelta(days=1)
# Of each of the eight tests. FERMATA_CASES=1250 makes them ten thousand.
_CASES = int(os.environ.get("FERMATA_CASES", "75"))


def _cap(limit: int, per: Any = DAY, kind: str = "rolling") -> dict[str, Any]:
    return {"limit": limit, "per": per, "kind": kind}


DEFAULT = {
    "channels": {
        "email": {"window": "09:00-20:00", "caps": [_cap(2)], "when_capped": "substitute", "fallback": "in_app"},
        "push": {"window": "08:00-22:00", "caps": [_cap(3)], "when_capped": "substitute", "fallback": "inbox"},
        "sms": {"window": "09:00-21:00", "caps": [_cap(1)], "when_capped": "fallback", "fallback": "email"},
        "in_app": {"window": "session", "caps": [_cap(1, "visit")], "when_capped": "fallback", "fallback": "badge"},
        "ads": {"window": "always", "caps": [_cap(5)], "when_capped": "drop"},
    },
    "cross_channel": {"channels": ["email", "sms", "push"], "caps": [_cap(4), _cap(12, 7 * DAY)]},
    "spacing": {"near": 0.5, "minimum": timedelta(hours=1), "factor": 2.0},
    "holidays": True,
}

OTHER_TEXT = """
version = 1
[channels.email]
window = { mon-fri = "22:00-02:00", sun = "00:00-24:00" }
caps = [{ limit = 1, per = "1d", kind = "calendar" }, { limit = 3, per = "7d", kind = "calendar" }]
when_capped = "defer"
[channels.push]
window = "02:15-09:30"
caps = [{ limit = 2, per = "2h" }]
when_capped = "fallback"
fallback = "sms"
[channels.sms]
window = "01:30-23:15"
caps = [{ limit = 1, per = "12h" }]
when_capped = "fallback"
fallback = "ads"
[channels.in_app]
[channels.ads]
caps = [{ limit = 1, per = "1d" }]
when_capped = "defer"
[regions]
"""

OTHER = {
    "channels": {
        "email": {
            "window": {"mon-fri": "22:00-02:00", "sun": "00:00-24:00"},
            "caps": [_cap(1, kind="calendar"), _cap(3, 7 * DAY, "calendar")],
            "when_capped": "defer",
            "fallback": "in_app",
        },
        "push": {
            "window": "02:15-09:30",
            "caps": [_cap(2, timedelta(hours=2))],
            "when_capped": "fallback",
            "fallback": "sms",
        },
        "sms": {
            "window": "01:30-23:15",
            "caps": [_cap(1, timedelta(hours=12))],
            "when_capped": "fallback",
            "fallback": "ads",
        },
        "in_app": {"window": "session", "caps": [_cap(1, "visit")], "when_capped": "fallback", "fallback": "badge"},
        "ads": {"window": "always", "caps": [_cap(1)], "when_capped": "defer"},
    },
    "cross_channel": None,
    "spacing": None,
    "holidays": False,
}


@pytest.mark.parametrize(
    ("policy", "plain"),
    [(default_policy(), DEFAULT), (parse_policy(OTHER_TEXT), OTHER)],
    ids=["default policy", "odd windows and calendar caps"],
)
@pytest.mark.parametrize("seed", range(4))
def test_the_reference_agrees_around_clock_changes_leap_days_and_new_year(
    policy: Policy, plain: dict[str, Any], seed: int
) -> None:
    random = Random(f"{seed}")  # noqa: S311 - repeatable cases, no secret
    for _ in range(_CASES):
        case = random_case(random)
        facts = Facts.model_validate_json(json.dumps(given(case)), strict=True)
        decision = decide(facts, policy)
        told = (decision.action, decision.reason, decision.channel, decision.next_eligible_at)
        assert told == brute_force.decide(case, plain), json.dumps(given(case))
