"""What the activities count: decisions, sends, what providers answer, how late runs woke, and how runs ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram

from fermata.channels import Accepted, Busy, Enlisted, Rejected
from fermata.ledger import RecordedDecision
from fermata.vocabulary import Channel

_CALL = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 100.0)  # seconds
_LATE = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)  # seconds


class JourneyMeters:
    """Counts. Labels are journeys, channels, providers, reasons and states, of which a deployment has some dozens.

    Args:
        registry: Where they are read from; one of its own where nobody reads them.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._decisions = Counter(
            "fermata_decisions_total",
            "Decisions, by journey, action and reason.",
            ("journey", "action", "reason"),
            registry=registry,
        )
        self._late = Histogram(
            "fermata_timer_lateness_seconds",
            "How long after it was due a run woke from a wait or a hold, before it decided.",
            buckets=_LATE,
            registry=registry,
        )
        self._sends = Counter(
            "fermata_sends_total",
            "Tries to hand a message to a provider, by what it answered.",
            ("channel", "provider", "outcome"),
            registry=registry,
        )
        self._errors = Counter(
            "fermata_provider_errors_total",
            "Answers of providers other than yes: the reason code, or busy, or unknown where the answer was lost.",
            ("channel", "provider", "reason"),
            registry=registry,
        )
        self._calls = Histogram(
            "fermata_provider_call_seconds",
            "Time that a provider took for its answer.",
            ("channel", "provider"),
            buckets=_CALL,
            registry=registry,
        )
        self._ended = Counter(
            "fermata_runs_ended_total",
            "Runs that ended, by journey and state.",
            ("journey", "state"),
            registry=registry,
        )

    def decided(self, journey: str, decision: RecordedDecision) -> None:
        """Counts a decision.

        Args:
            journey: Whose.
            decision: As it is on record.
        """
        self._decisions.labels(journey, decision.action.value, decision.reason.value).inc()

    def woke(self, late: timedelta) -> None:
        """Counts how late a run woke.

        Args:
            late: How long after it was due.
        """
        self._late.observe(late.total_seconds())

    @contextmanager
    def calling(self, provider: Enlisted, channel: Channel) -> Iterator[None]:
        """Measures a call of a provider.

        Args:
            provider: Who is called.
            channel: Of the message.
        """
        began = time.perf_counter()
        try:
            yield
        finally:
            self._calls.labels(channel.value, provider.name).observe(time.perf_counter() - began)

    def answered(self, provider: Enlisted, channel: Channel, answer: Accepted | Rejected | Busy) -> None:
        """Counts what a provider answered.

        Args:
            provider: Who was called.
            channel: Of the message.
            answer: What it said.
        """
        outcome, reason = _outcome(answer)
        self._sends.labels(channel.value, provider.name, outcome).inc()
        if reason is not None:
            self._errors.labels(channel.value, provider.name, reason).inc()

    def ended(self, journey: str, state: str) -> None:
        """Counts a run that ended.

        Args:
            journey: Its journey.
            state: How it ended.
        """
        self._ended.labels(journey, state).inc()


def _outcome(answer: Accepted | Rejected | Busy) -> tuple[str, str | None]:
    match answer:
        case Accepted():
            return "accepted", None
        case Rejected():
            return "rejected", answer.reason.value
        case Busy(certain=True):
            return "busy", "busy"
        case Busy():
            return "unknown", "unknown"
