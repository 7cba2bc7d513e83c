"""A second, plain reading of the contract's six points, over channels whose rules are asked at every quarter hour."""

from datetime import UTC, datetime

from tests.unit.policy.brute_force_channel import Channel, Json, parse

SUBSTITUTES = ("in_app", "inbox", "badge")


def decide(case: Json, policy: Json) -> tuple[str, str, str | None, datetime | None]:
    """Returns action, reason, channel and next eligible time, as the six points of the contract give them."""
    return _Points(case, policy).answer()


class _Points:
    def __init__(self, case: Json, policy: Json) -> None:
        self.case, self.policy = case, policy
        self.at = parse(case["at"])
        self.times: list[tuple[datetime | None, str, str]] = []
        self.tried = list(case["message"]["channels"])

    def answer(self) -> tuple[str, str, str | None, datetime | None]:
        expires = self.case["message"]["expires_at"]
        if expires and self.at >= parse(expires):
            return "drop", "expired", None, None
        states = []
        for name in list(self.tried):
            state = self.state(name)
            if state[0] == "open":
                return "send", "eligible", name, None
            states.append((name, *state))
        for name, standing, until, reason, cap in states:
            end = self.settle(name, standing, until, reason, cap)
            if end:
                return end
        if not self.times:
            return "drop", states[0][3], None, None
        until, name, reason = min(self.times, key=lambda time: time[0] or datetime.max.replace(tzinfo=UTC))
        if expires and until and until >= parse(expires):
            return "drop", "expired", None, None
        return "defer", reason, name, until

    def state(self, name: str) -> tuple[str, datetime | None, str, str]:
        channel = Channel(self.case, self.policy, name)
        never = channel.impossible()
        if never:
            return "impossible", None, never, ""
        opens, reason = channel.first(channel.closings())
        if opens is None:
            return "closed", None, reason, ""
        full = [cap for cap in channel.caps() if not cap[1](opens)] if channel.marketing else []
        if not full:
            standing = "open" if opens == self.at else "closed"
            return standing, opens, channel.first(channel.everything())[1], ""
        if any(cap["per"] == "visit" for _, cap, _ in channel.all_caps()):
            return "capped", None, full[0][0], full[0][0]
        longest = max(full, key=lambda cap: channel.first([cap])[0] or self.at)
        until, reason = channel.first(channel.everything())
        return "capped", until, reason, longest[0]

    def settle(
        self, name: str, standing: str, until: datetime | None, reason: str, cap: str
    ) -> tuple[str, str, str | None, datetime | None] | None:
        if standing == "impossible":
            return None
        table = self.policy["channels"].get(name, {})
        what = (self.case["message"]["when_capped"] or table.get("when_capped", "defer")) if cap else "defer"
        fallback = table.get("fallback")
        if what == "drop":
            return "drop", cap, None, None
        if what == "silent":
            return "drop", "silent_enrichment", None, None
        if what == "substitute" and fallback in SUBSTITUTES:
            return "send", "substituted", fallback, None
        if what == "fallback" and fallback and fallback not in self.tried:
            self.tried.append(fallback)
            if fallback in ("inbox", "badge"):
                return "send", "eligible", fallback, None
            state = self.state(fallback)
            end = ("send", "eligible", fallback, None) if state[0] == "open" else self.settle(fallback, *state)
            if end:
                return end
        self.times.append((until, name, reason))
        return None
