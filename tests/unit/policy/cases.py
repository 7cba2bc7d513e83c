"""Random cases around the days on which calendars are hard: clock changes, leap days, new year."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]

HARD_DAYS = [
    datetime(2026, 3, 7, tzinfo=UTC),  # New York changes on the 8th
    datetime(2026, 3, 28, tzinfo=UTC),  # Europe changes on the 29th
    datetime(2026, 4, 4, tzinfo=UTC),  # Lord Howe, Sydney and Auckland change on the 5th
    datetime(2026, 10, 3, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 10, 31, tzinfo=UTC),
    datetime(2028, 2, 28, tzinfo=UTC),
    datetime(2026, 12, 31, tzinfo=UTC),
    datetime(2027, 9, 25, tzinfo=UTC),  # Chatham
]
PLACES = [
    ("America/New_York", "US", "NY"),
    ("America/New_York", "US", "CT"),
    ("America/Chicago", "US", "TX"),
    ("America/Chicago", "US", "AL"),
    ("America/New_York", "US", "FL"),
    ("Europe/Paris", "FR", None),
    ("Europe/Berlin", "DE", "BY"),
    ("Europe/London", "GB", None),
    ("Asia/Kolkata", "IN", None),
    ("Asia/Kathmandu", None, None),
    ("Australia/Lord_Howe", "AU", "NSW"),
    ("Pacific/Chatham", "NZ", None),
    ("America/St_Johns", "CA", None),
    ("America/Havana", None, None),
    ("Africa/Cairo", "EG", None),
    ("Pacific/Apia", "WS", None),
]
MESSAGE_CHANNELS = ["email", "push", "sms", "in_app", "ads"]


def random_case(random: Random) -> Json:
    """Returns a case as JSON, with ``zones`` beside it for the reference."""
    at = random.choice(HARD_DAYS) + timedelta(minutes=15 * random.randrange(-48, 4 * 48))
    zone, country, subdivision = random.choice(PLACES)
    expires = at + timedelta(hours=random.randrange(-1, 60)) if random.random() < 0.3 else None
    silence = at + timedelta(minutes=15 * random.randrange(-20, 100)) if random.random() < 0.15 else None
    return {
        "at": _text(at),
        "message": {
            "key": "m",
            "purpose": "transactional" if random.random() < 0.08 else "marketing",
            "channels": random.sample(MESSAGE_CHANNELS, random.randint(1, 3)),
            "priority": 50,
            "expires_at": _text(expires) if expires else None,
            "when_capped": random.choice([None, None, None, "fallback", "substitute", "silent", "defer", "drop"]),
        },
        "profile": {
            "id": "p",
            "timezone": zone,
            "country": country,
            "subdivision": subdivision,
            "addresses": _addresses(random, country),
            "consent": _consent(random),
            "quiet_hours": _quiet_hours(random),
            "do_not_disturb_until": _text(silence) if silence else None,
            "do_not_disturb": random.random() < 0.03,
            "suppressed": [name for name in MESSAGE_CHANNELS if random.random() < 0.05],
            "active_session": random.choice([None, "s1"]),
        },
        "exposures": [_exposure(random, at) for _ in range(random.choice([0, 0, 1, 2, 3, 5, 8]))],
        "waiting": [_waiting(random, at) for _ in range(random.choice([0, 0, 0, 1, 2]))],
        "zones": [zone],
    }


def given(case: Json) -> Json:
    """The case as the command takes it."""
    return {key: value for key, value in case.items() if key != "zones"}


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _addresses(random: Random, country: str | None) -> Json:
    # A number of a satellite network belongs to no country: an unknown region must stay unknown.
    number = "+12125550100" if country else "+870773110100"
    addresses = {"email": "ada@example.com", "sms": number, "push": "token"}
    return {name: address for name, address in addresses.items() if random.random() < 0.95}


def _consent(random: Random) -> Json:
    said = ["granted"] * 8 + ["revoked", None]
    chosen = {name: random.choice(said) for name in MESSAGE_CHANNELS}
    return {name: {"marketing": value} for name, value in chosen.items() if value}


def _quiet_hours(random: Random) -> Json | None:
    hours = [None, None, ("22:00", "07:00"), ("22:30", "08:15"), ("01:00", "03:00"), ("12:00", "14:00")]
    chosen = random.choice(hours)
    return {"start": chosen[0], "end": chosen[1]} if chosen else None


def _exposure(random: Random, at: datetime) -> Json:
    return {
        "channel": random.choice(MESSAGE_CHANNELS),
        "at": _text(at - timedelta(minutes=15 * random.randrange(0, 300))),
        "purpose": random.choice(["marketing"] * 9 + ["transactional"]),
        "priority": 50,
        "session": random.choice(["s1", "s0"]),
    }


def _waiting(random: Random, at: datetime) -> Json:
    return {
        "message": "other",
        "channel": random.choice(["email", "push", "sms", "ads"]),  # visits: see test_arbitration
        "priority": random.choice([20, 50, 90]),
        "next_eligible_at": _text(at + timedelta(minutes=15 * random.randrange(-8, 150))),
    }
