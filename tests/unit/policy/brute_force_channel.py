"""A second, plain reading of the rules for one channel: each one asked at every quarter hour.

Shares no code with the policy room: it takes plain JSON, knows the policy as a plain dict, and looks at clocks only by
``astimezone``.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import holidays

QUARTER = timedelta(minutes=15)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 45 * 96

Json = dict[str, Any]
Check = Callable[[datetime], bool]

US_SMS = {
    "CT": "09:00-20:00",
    "FL": "08:00-20:00",
    "TX": {"mon-sat": "09:00-21:00", "sun": "12:00-21:00"},
    "AL": {"mon-sat": "08:00-20:00", "sun": "never"},
    "NY": "08:00-21:00",
}
SMS_HOURS: dict[str, Any] = {
    "FR": {"mon-sat": "08:00-20:30", "sun": "never"},
    "IN": "10:00-21:00",
    "AU": {"mon-fri": "09:00-20:00", "sat": "09:00-17:00", "sun": "never"},
    "CA": {"mon-fri": "09:00-21:30", "sat-sun": "10:00-18:00"},
}
NOT_ON_HOLIDAYS = {"FR", "AU", "US-AL"}
OPT_IN = {"FR", "DE", "GB", "CA", "AU", "NZ", "BR", "IN", "NO", "JP"}


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@cache
def days_off(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    known = holidays.list_supported_countries()
    part = subdivision if subdivision in known.get(country, []) else None
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year))


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def in_hours(spec: Any, local: datetime) -> bool:
    """Is the wall clock in the window? Asks today's ranges, and yesterday's that run past midnight."""
    now = local.hour * 60 + local.minute
    for back in (0, 1):
        for text in ranges_of((local.weekday() - back) % 7, spec):
            start, end = (minutes(part) for part in text.split("-"))
            end += 1440 if end <= start else 0
            if start <= now + back * 1440 < end:
                return True
    return False


def ranges_of(day: int, spec: Any) -> list[str]:
    if isinstance(spec, dict):
        for key, value in spec.items():
            first, last = DAYS.index(key.split("-")[0]), DAYS.index(key.split("-")[-1])
            if (day - first) % 7 <= (last - first) % 7:
                return ranges_of(day, value)
        return []
    if spec == "never":
        return []
    return ["00:00-24:00"] if spec == "always" else [spec]


class Channel:
    """All that the contract says about one channel of a case."""

    def __init__(self, case: Json, policy: Json, name: str) -> None:
        self.case, self.name = case, name
        self.message, self.profile = case["message"], case["profile"]
        self.table = policy["channels"].get(name, {})
        self.policy = policy
        self.at = parse(case["at"])
        self.zones = [ZoneInfo(zone) for zone in case["zones"]]
        self.marketing = self.message["purpose"] == "marketing"

    def impossible(self) -> str | None:
        profile, name = self.profile, self.name
        if name in ("email", "sms", "push") and not profile["addresses"].get(name):
            return "no_push_token" if name == "push" else "missing_address"
        if name in profile["suppressed"]:
            return "suppressed_address"
        said = profile["consent"].get(name, {}).get(self.message["purpose"])
        if said == "revoked":
            return "consent_revoked"
        if said is None and self.marketing and (name == "sms" or profile["country"] in OPT_IN):
            return "consent_missing"
        return "do_not_disturb" if profile["do_not_disturb"] else None

    def closings(self) -> list[tuple[str, Check]]:
        """Reason and "is it open at t", in the order of the design, without the caps."""
        return [*self._before_caps(), *self._after_caps()] if self.marketing else [self._silence()]

    def everything(self) -> list[tuple[str, Check]]:
        return [*self._before_caps(), *self.caps(), *self._after_caps()] if self.marketing else [self._silence()]

    def _silence(self) -> tuple[str, Check]:
        until = self.profile["do_not_disturb_until"]
        return "do_not_disturb_until", lambda t: until is None or t >= parse(until)

    def _before_caps(self) -> list[tuple[str, Check]]:
        quiet = self.profile["quiet_hours"]
        quiet_spec = f"{quiet['start']}-{quiet['end']}" if quiet else "never"
        window = self.table.get("window", "always")
        session = self.profile["active_session"] is not None
        return [
            self._silence(),
            ("legal_window", lambda t: self.name != "sms" or all(self._lawful(t, zone) for zone in self.zones)),
            ("quiet_hours", lambda t: not any(in_hours(quiet_spec, t.astimezone(zone)) for zone in self.zones)),
            (
                "no_active_session" if window == "session" else "outside_window",
                lambda t: (
                    session if window == "session" else all(in_hours(window, t.astimezone(zone)) for zone in self.zones)
                ),
            ),
            ("holiday", lambda t: not any(self._day_off(t, zone) for zone in self.zones)),
        ]

    def _lawful(self, t: datetime, zone: ZoneInfo) -> bool:
        country, part = self.profile["country"], self.profile["subdivision"]
        local = t.astimezone(zone)
        if {country, f"{country}-{part}"} & NOT_ON_HOLIDAYS and local.date() in days_off(country, part, local.year):
            return False
        if country == "US":
            return in_hours("08:00-21:00", local) and in_hours(US_SMS.get(part, "always"), local)
        return in_hours(SMS_HOURS.get(country, "08:00-20:00"), local)

    def _day_off(self, t: datetime, zone: ZoneInfo) -> bool:
        country, part = self.profile["country"], self.profile["subdivision"]
        local = t.astimezone(zone).date()
        return (
            self.policy["holidays"]
            and self.name in ("email", "sms", "push")
            and country is not None
            and local in days_off(country, part, local.year)
        )

    def caps(self) -> list[tuple[str, Check]]:
        return [(reason, self._room(cap, names)) for reason, cap, names in self.all_caps()]

    def all_caps(self) -> list[tuple[str, Json, list[str]]]:
        found = [("frequency_capped", cap, [self.name]) for cap in self.table.get("caps", [])]
        cross = self.policy["cross_channel"]
        if cross and self.name in cross["channels"]:
            found += [("cross_channel_capped", cap, cross["channels"]) for cap in cross["caps"]]
        return found

    def _room(self, cap: Json, names: list[str], also: tuple[datetime, ...] = ()) -> Check:
        return lambda t: self._used(t, cap, names, also) < cap["limit"]

    def _exposed(self, names: list[str]) -> list[datetime]:
        return [parse(e["at"]) for e in self.case["exposures"] if e["channel"] in names and e["purpose"] == "marketing"]

    def _used(self, t: datetime, cap: Json, names: list[str], also: tuple[datetime, ...] = ()) -> int:
        instants = [*self._exposed(names), *also]
        if cap["per"] == "visit":
            return sum(
                e["session"] == self.profile["active_session"]
                for e in self.case["exposures"]
                if e["channel"] in names and e["purpose"] == "marketing"
            )
        if cap["kind"] == "rolling":
            return sum(t - cap["per"] < instant for instant in instants)
        return max(self._same_period(t, cap, instants, zone) for zone in self.zones)

    @staticmethod
    def _same_period(t: datetime, cap: Json, instants: list[datetime], zone: ZoneInfo) -> int:
        def period(instant: datetime) -> date:
            day = instant.astimezone(zone).date()
            return day - timedelta(days=day.weekday()) if cap["per"] == timedelta(days=7) else day

        return sum(period(instant) == period(t) for instant in instants)

    def _after_caps(self) -> list[tuple[str, Check]]:
        return [("backoff", self._spaced), ("yields_to_priority", self._first_in_line)]

    def _spaced(self, t: datetime) -> bool:
        spacing = self.policy["spacing"]
        for _, cap, names in self.all_caps() if spacing else []:
            near, used = ceil(spacing["near"] * cap["limit"]), self._used(t, cap, names)
            if cap["per"] != "visit" and used >= near:
                gap = spacing["minimum"] * spacing["factor"] ** (used - near)
                if t < max(self._exposed(names)) + gap:
                    return False
        return True

    def _first_in_line(self, t: datetime) -> bool:
        claims = tuple(
            parse(w["next_eligible_at"])
            for w in self.case["waiting"]
            if w["channel"] == self.name and w["priority"] > self.message["priority"]
        )
        return all(
            self._used(t, cap, names) >= cap["limit"] or self._leaves_claims(t, cap, names, claims)
            for _, cap, names in self.all_caps()
            if claims and cap["per"] != "visit"
        )

    def _leaves_claims(self, t: datetime, cap: Json, names: list[str], claims: tuple[datetime, ...]) -> bool:
        """Would one more exposure at t leave room in every time that ends now, or with a claim?"""
        if cap["kind"] == "calendar":
            return bool(self._used(t, cap, names, claims) < cap["limit"])
        exposed, per = self._exposed(names), cap["per"]
        for end in (t, *(claim for claim in claims if t <= claim < t + per)):
            used = sum(end - per < e for e in exposed) + sum(end - per < claim <= end for claim in claims)
            if used >= cap["limit"]:
                return False
        return True

    def first(self, checks: list[tuple[str, Check]]) -> tuple[datetime | None, str]:
        t, closed = self.at, ""
        for _ in range(LONGEST):
            shut = [reason for reason, is_open in checks if not is_open(t)]
            if not shut:
                return t, closed
            if "no_active_session" in shut:
                return None, "no_active_session"
            t, closed = t + QUARTER, shut[0]
        raise AssertionError(f"nothing opens within {LONGEST} quarter hours: {self.case}")
