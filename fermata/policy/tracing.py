"""Writes down what every rule answered, as it is asked."""

from datetime import datetime

from fermata.policy.attempt import Attempt
from fermata.policy.decision import TraceEntry
from fermata.policy.verdict import Verdict
from fermata.policy.zones import zone


class Tracer:
    """Collects the trace of one decision."""

    def __init__(self) -> None:
        self._entries: list[TraceEntry] = []
        self._clocks: dict[datetime, str] = {}
        self._at: datetime | None = None
        self._local = self._zone = ""

    def add(self, attempt: Attempt, rule: str, at: datetime, verdict: Verdict) -> None:
        """Adds what a rule answered for a channel.

        Args:
            attempt: The message on the channel.
            rule: The rule's name.
            at: The instant it was asked about.
            verdict: Its answer.
        """
        if at is not self._at:
            self._local, self._at = self._clocks.get(at) or self._look_at_the_clock(at, attempt), at
        opening, until, reason, used, limit, note, _ = verdict
        self._entries.append(
            TraceEntry(attempt.channel, rule, opening, self._local, self._zone, until, reason, used, limit, note)
        )

    def entries(self) -> tuple[TraceEntry, ...]:
        """Returns what was added, in order."""
        return tuple(self._entries)

    def _look_at_the_clock(self, at: datetime, attempt: Attempt) -> str:
        self._zone = attempt.zones.text
        local = self._clocks[at] = at.astimezone(zone(attempt.zones.names[0])).isoformat()
        return local
