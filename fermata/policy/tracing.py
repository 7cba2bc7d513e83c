"""Writes down what every rule answered, as it is asked."""

from datetime import datetime, timezone

from fermata.policy.attempt import Attempt
from fermata.policy.decision import TraceEntry
from fermata.policy.verdict import Verdict
from fermata.policy.zones import stretch


class Tracer:
    """Collects the trace of one decision."""

    def __init__(self) -> None:
        self._entries: list[TraceEntry] = []
        self._local: dict[datetime, str] = {}
        self._zone: str | None = None

    def add(self, attempt: Attempt, rule: str, at: datetime, verdict: Verdict) -> None:
        """Adds what a rule answered for a channel.

        Args:
            attempt: The message on the channel.
            rule: The rule's name.
            at: The instant it was asked about.
            verdict: Its answer.
        """
        if self._zone is None:
            self._zone = attempt.zones.text
        local = self._local.get(at)
        if local is None:
            local = self._local[at] = _local(at, attempt.zones.names[0])
        self._entries.append(
            TraceEntry(
                attempt.channel,
                rule,
                verdict.opening,
                at,
                local,
                self._zone,
                verdict.until,
                verdict.reason,
                verdict.used,
                verdict.limit,
                verdict.note,
            )
        )

    def entries(self) -> tuple[TraceEntry, ...]:
        """Returns what was added, in order."""
        return tuple(self._entries)


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(timezone(stretch(at, zone).offset)).isoformat()
