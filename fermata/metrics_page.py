"""What ``/metrics`` answers: all that a process counts, in the text format of Prometheus."""

import hmac

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from pydantic import SecretStr

MEDIA_TYPE = CONTENT_TYPE_LATEST


def process_registry() -> CollectorRegistry:
    """A registry that tells of the process itself already: memory, time of the processor, open files, collections."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class MetricsPage:
    """The page, for whoever may read it.

    Args:
        registry: What is counted.
        token: Asked for as ``Authorization: Bearer …``; None lets everybody read who reaches the port.
    """

    def __init__(self, registry: CollectorRegistry, token: SecretStr | None = None) -> None:
        self._registry = registry
        self._token = token

    def lets_in(self, authorization: str | None) -> bool:
        """Whether whoever sends this header may read it.

        Args:
            authorization: The header's value; None where there is none.
        """
        if self._token is None:
            return True
        wanted = f"Bearer {self._token.get_secret_value()}"
        return hmac.compare_digest((authorization or "").encode(), wanted.encode())

    def text(self) -> bytes:
        """What it says now."""
        return generate_latest(self._registry)
