"""What Temporal's SDK counts of itself: polls, tasks, latencies and slots, on a port of its own for Prometheus."""

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from fermata.errors import ConfigurationError


def temporal_runtime(host: str, port: int | None) -> Runtime | None:
    """A runtime that shows its metrics, for ``Client.connect``; None for the one that everybody has, which shows none.

    Args:
        host: Where to listen.
        port: Where to listen; None shows nothing.

    Raises:
        ConfigurationError: It cannot listen there.
    """
    if port is None:
        return None
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    metrics = PrometheusConfig(bind_address=address, durations_as_seconds=True)
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except (RuntimeError, ValueError) as error:
        mend = "set FERMATA_WORKER_HOST and FERMATA_TEMPORAL_METRICS_PORT to a free one"
        raise ConfigurationError(f"cannot listen on {address}: {error}; {mend}") from error
