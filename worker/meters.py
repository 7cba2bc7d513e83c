"""What a worker counts of the way from an event to its run, and what one of the workers watches for all."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from fermata.ingest.lag import DispatchLag

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class DispatchMeters:
    """Counts what becomes of dispatches.

    Args:
        registry: Where they are read from; one of its own where nobody reads them.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._dispatches = Counter(
            "fermata_dispatches_total",
            "Words to runs, by kind and what became of them: started, signalled, run_ended, run_gone, held, "
            "postponed, dead.",
            ("kind", "result"),
            registry=registry,
        )
        self._took = Histogram(
            "fermata_dispatch_seconds",
            "Time from when a word was left for a run until the run had it.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._started = Counter(
            "fermata_runs_started_total", "Runs begun, by journey.", ("journey",), registry=registry
        )

    def settled(self, kind: str, result: str) -> None:
        """Counts a dispatch that was tried.

        Args:
            kind: What it does to the run.
            result: What became of it.
        """
        self._dispatches.labels(kind, result).inc()

    def arrived(self, took: timedelta) -> None:
        """Counts how long one took.

        Args:
            took: Since it was left.
        """
        self._took.observe(max(took.total_seconds(), 0.0))

    def started(self, journey: str) -> None:
        """Counts a run that began.

        Args:
            journey: Its journey.
        """
        self._started.labels(journey).inc()


class WatchMeters:
    """What the database says, as the worker that watches read it last; the others show nothing of it.

    Args:
        registry: Where they are read from.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._waiting = Gauge("fermata_dispatch_waiting", "Words that wait for their run.", registry=None)
        self._oldest = Gauge(
            "fermata_dispatch_oldest_seconds", "How long the first of them has been due.", registry=None
        )
        self._held = Gauge("fermata_held_messages", "Messages that are held, by reason.", ("reason",), registry=None)
        self._runs = Gauge(
            "fermata_runs_active",
            "Runs that are active, by journey.",
            ("journey",),
            registry=None,
        )
        self._letters = Gauge(
            "fermata_dead_letters", "Dead letters that wait for somebody, by kind.", ("kind",), registry=None
        )
        self._overshoot = Gauge(
            "fermata_cap_overshoot", "Sends of the last minutes that went beyond a cap. It must be 0.", registry=None
        )
        self._looked = Gauge(
            "fermata_watch_timestamp_seconds", "When the database was last looked at, since 1970.", registry=None
        )
        self._all = (
            self._waiting,
            self._oldest,
            self._held,
            self._runs,
            self._letters,
            self._overshoot,
            self._looked,
        )
        self._shown = False

    def show(
        self,
        lag: DispatchLag,
        held: Mapping[str, int],
        runs: Mapping[str, int],
        letters: Mapping[str, int],
        beyond: int,
        now: datetime,
    ) -> None:
        """Shows what was read.

        Args:
            lag: Of dispatches.
            held: Messages by reason.
            runs: That are active, by journey.
            letters: Dead ones that wait for somebody, by kind.
            beyond: Sends beyond a cap.
            now: When it was read, aware.
        """
        self._waiting.set(lag.waiting)
        self._oldest.set(lag.late(now).total_seconds())
        self._held.clear()
        for reason, messages in held.items():
            self._held.labels(reason).set(messages)
        self._runs.clear()
        for journey, active in runs.items():
            self._runs.labels(journey).set(active)
        self._letters.clear()
        for kind in ("event", "dispatch", "run"):
            self._letters.labels(kind).set(letters.get(kind, 0))
        self._overshoot.set(beyond)
        self._looked.set(now.timestamp())
        if not self._shown:
            for each in self._all:
                self._registry.register(each)
            self._shown = True

    def hide(self) -> None:
        """Shows nothing any more: another worker watches."""
        if self._shown:
            for each in self._all:
                self._registry.unregister(each)
            self._shown = False
