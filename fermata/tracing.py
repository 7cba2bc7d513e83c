"""Records traces and sends them on by OTLP, where the environment names somebody who takes them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.trace import Tracer

from fermata.pseudonym import without_profiles
from fermata.trace_context import NO_TRACER

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_WORKFLOW_ID = "temporalWorkflowID"


@asynccontextmanager
async def recording(service: str) -> AsyncIterator[Tracer]:
    """What records while the block runs; at its end all that it has is sent.

    The settings are those of OpenTelemetry: ``OTEL_EXPORTER_OTLP_ENDPOINT`` and its kin, ``OTEL_TRACES_SAMPLER``,
    ``OTEL_SDK_DISABLED``. Without an endpoint nothing is recorded.

    Args:
        service: What this process is called, unless ``OTEL_SERVICE_NAME`` says otherwise.
    """
    if not any(os.environ.get(name) for name in _ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED", "") == "true":
        yield NO_TRACER
        return
    # Not before it is needed: a process that records nothing has no use for what sends it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or service
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}), shutdown_on_exit=False)
    provider.add_span_processor(_Pseudonyms())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider.get_tracer("fermata")
    finally:
        await asyncio.to_thread(provider.shutdown)


class _Pseudonyms(SpanProcessor):
    """Puts the pseudonym for the profile in the workflow id that Temporal's interceptor writes down."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        del parent_context
        found = (span.attributes or {}).get(_WORKFLOW_ID)
        if isinstance(found, str):
            span.set_attribute(_WORKFLOW_ID, without_profiles(found))
