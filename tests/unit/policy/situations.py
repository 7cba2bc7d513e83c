"""Facts for tests: somebody who may be reached on every channel, with what a test changes."""

from datetime import UTC, datetime
from typing import Any

from fermata.policy import Exposure, Facts, SendDecision, Waiting, decide, default_policy, parse_policy
from fermata.vocabulary import Channel

GRANTED = {channel.value: {"marketing": "granted"} for channel in Channel}
ADDRESSES = {"email": "ada@example.com", "sms": "+442071838750", "push": "token"}
DEFAULT = default_policy()
FREE = parse_policy("version = 1")
"""A policy without a rule: every channel always open."""

WEDNESDAY_NOON = "2026-03-04T12:00:00Z"


def instant(text: str) -> datetime:
    """Reads an instant; "Z" and offsets are both fine."""
    return datetime.fromisoformat(text).astimezone(UTC)


def facts(at: str = WEDNESDAY_NOON, *channels: str, **changes: Any) -> Facts:
    """Facts at an instant, for a message on the channels (email without any).

    Args:
        at: The instant.
        channels: In order.
        changes: Of the profile's fields; and ``message``, ``exposures``, ``waiting``, ``stop``,
            ``blocked``, ``eligibility`` whole.
    """
    message = {"key": "hello", "channels": channels or ("email",), **changes.pop("message", {})}
    rest = {
        key: changes.pop(key)
        for key in ("exposures", "address_exposures", "waiting", "stop", "blocked", "eligibility")
        if key in changes
    }
    profile = {"timezone": "Europe/London", "addresses": ADDRESSES, "consent": GRANTED, **changes}
    return Facts.model_validate({"at": at, "message": message, "profile": profile, **rest})


def exposure(channel: str, at: str, **more: Any) -> Exposure:
    """One exposure."""
    return Exposure.model_validate({"channel": channel, "at": at, **more})


def waiting(channel: str, next_eligible_at: str | None, priority: int = 90) -> Waiting:
    """One waiting message."""
    return Waiting.model_validate(
        {"message": "other", "channel": channel, "priority": priority, "next_eligible_at": next_eligible_at}
    )


def told(decision: SendDecision) -> tuple[str, str, str | None, str | None]:
    """Action, reason, channel and next eligible time as plain text."""
    until = decision.next_eligible_at
    return (
        decision.action.value,
        decision.reason.value,
        decision.channel.value if decision.channel else None,
        until.isoformat().replace("+00:00", "Z") if until else None,
    )


def answer(case: Facts, policy: str | None = None) -> tuple[str, str, str | None, str | None]:
    """What a policy (the default one, or TOML without its version line) decides."""
    return told(decide(case, parse_policy(f"version = 1\n{policy}") if policy is not None else DEFAULT))
