"""A fixed mixed set of cases to decide: people of many places, at all hours, with and without a past."""

from datetime import UTC, datetime, timedelta
from random import Random

import orjson
from pydantic import JsonValue

from fermata.policy import Facts

_SEED = 20260304
_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
_PLACES = (
    ("America/New_York", "US", "NY"),
    ("America/Chicago", "US", "TX"),
    ("America/Sao_Paulo", "BR", None),
    ("Europe/London", "GB", None),
    ("Europe/Paris", "FR", None),
    ("Europe/Berlin", "DE", "BY"),
    ("Africa/Lagos", "NG", None),
    ("Asia/Kolkata", "IN", None),
    ("Asia/Tokyo", "JP", None),
    ("Australia/Sydney", "AU", "NSW"),
    ("Pacific/Auckland", "NZ", None),
    (None, "US", None),  # the zone is unknown: all of its country's count
)
_ROUTES = (
    ("email",),
    ("push", "email"),
    ("email", "sms"),
    ("push", "email", "sms"),
    ("in_app", "email"),
    ("ads",),
)
_PAST = (0, 0, 1, 2, 3, 5)
_LOOKS_BACK = 8 * 24 * 60
"""Minutes: how far back a ledger reads exposures for the default policy."""

_REACHED = ("email", "email", "push", "sms", "in_app", "ads")


def case_lines(count: int) -> list[bytes]:
    """Cases as ``fermata policy decide`` reads them, the same ones every time, each with its line break.

    Args:
        count: How many different ones.
    """
    random = Random(_SEED)  # noqa: S311 - nothing secret: always the same cases
    return [orjson.dumps(_case(random, random.choice(_PAST))) + b"\n" for _ in range(count)]


def cases(count: int, *, exposures: int) -> list[Facts]:
    """Cases that are read already, the same ones every time.

    Args:
        count: How many.
        exposures: How many each person has, within the last eight days.
    """
    random = Random(_SEED)  # noqa: S311
    return [Facts.model_validate_json(orjson.dumps(_case(random, exposures)), strict=True) for _ in range(count)]


def _case(random: Random, exposures: int) -> dict[str, JsonValue]:
    at = _MONDAY + timedelta(minutes=random.randrange(7 * 24 * 60))
    zone, country, subdivision = random.choice(_PLACES)
    consent = "revoked" if random.random() < 0.05 else "granted"
    return {
        "at": at.isoformat(),
        "message": {"key": "cart_reminder", "channels": list(random.choice(_ROUTES)), "priority": 50},
        "profile": {
            "id": f"p{random.randrange(10_000)}",
            "timezone": zone,
            "country": country,
            "subdivision": subdivision,
            "addresses": {"email": "ada@example.com", "sms": "+12125550100", "push": "token"},
            "consent": {name: {"marketing": consent} for name in ("email", "sms", "push", "in_app", "ads")},
            "quiet_hours": {"start": "22:00", "end": "07:00"} if random.random() < 0.3 else None,
            "active_session": "visit-1" if random.random() < 0.2 else None,
        },
        "exposures": [_exposure(random, at) for _ in range(exposures)],
        "waiting": [_waiting(at)] if random.random() < 0.1 else [],
    }


def _exposure(random: Random, at: datetime) -> dict[str, JsonValue]:
    ago = timedelta(minutes=random.randrange(1, _LOOKS_BACK))
    return {"channel": random.choice(_REACHED), "at": (at - ago).isoformat(), "purpose": "marketing", "priority": 50}


def _waiting(at: datetime) -> dict[str, JsonValue]:
    later = at + timedelta(hours=6)
    return {"message": "order_update", "channel": "email", "priority": 90, "next_eligible_at": later.isoformat()}
