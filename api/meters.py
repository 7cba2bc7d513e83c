"""What the API counts: requests by route and status, and what became of the events that came in."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from fermata.events.incoming import Entrance
from fermata.ingest import Receipt

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class ApiMeters:
    """Counts. No label holds a name that comes from outside: a route is its pattern, and a method one of a few.

    Args:
        registry: Where they are read from; one of its own where nobody reads them.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = Counter(
            "fermata_http_requests_total",
            "Requests that were answered, by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._took = Histogram(
            "fermata_http_request_seconds",
            "Time from a request to the beginning of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._events = Counter(
            "fermata_ingest_events_total",
            "Events that came in, by door and what became of them: accepted, duplicate, rejected, set_aside.",
            ("door", "result"),
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request.

        Args:
            method: Of HTTP.
            route: The pattern of its path.
            status: Of the answer.
            seconds: Until the answer began.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._took.labels(method, route).observe(seconds)

    def took(self, door: Entrance, receipt: Receipt) -> None:
        """Counts what became of a request's events.

        Args:
            door: Where they came in.
            receipt: How many were accepted, and what became of the others.
        """
        became = {
            "accepted": receipt.accepted,
            "duplicate": receipt.duplicates,
            "rejected": receipt.rejected,
            "set_aside": len(receipt.set_aside),
        }
        for result, events in became.items():
            if events:
                self._events.labels(door, result).inc(events)
