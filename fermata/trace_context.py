"""The trace that work is part of, from process to process: W3C Trace Context, whether or not anybody records it."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    INVALID_SPAN,
    NonRecordingSpan,
    NoOpTracer,
    Span,
    SpanContext,
    SpanKind,
    Tracer,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

NO_TRACER: Tracer = NoOpTracer()
"""Records nothing."""

_W3C = TraceContextTextMapPropagator()


def traceparent() -> str | None:
    """The header by which others go on with what is under way here; None where no trace is known."""
    return trace_headers().get("traceparent")


def trace_headers() -> Mapping[str, str]:
    """The same as headers of a request; empty where no trace is known."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier


def context_of(header: str | None) -> Context:
    """The trace that a ``traceparent`` names; an empty context where it is None or cannot be read.

    Args:
        header: Its value.
    """
    return _W3C.extract({"traceparent": header} if header else {}, context=Context())


@contextmanager
def part_of(header: str | None, tracer: Tracer, name: str, kind: SpanKind) -> Iterator[Span]:
    """Works as a part of a trace while the block runs. Without one it is the first of a new trace.

    Also where nothing is recorded the work has a trace's id, by which its lines in the logs are found.

    Args:
        header: The ``traceparent`` that it goes on with, where there is one.
        tracer: What records.
        name: What the part is called.
        kind: Whether it answers a request, makes one, or takes what was left for it.
    """
    if tracer is not NO_TRACER:
        context = context_of(header)
        with tracer.start_as_current_span(
            name, context, kind, record_exception=False, set_status_on_exception=False
        ) as recorded:
            yield recorded
        return
    span = get_current_span(context_of(header)) if header is not None else INVALID_SPAN
    if span is INVALID_SPAN:
        span = NonRecordingSpan(SpanContext(_new_id(128), _new_id(64), is_remote=False))
    token = attach(set_span_in_context(span))
    try:
        yield span
    finally:
        detach(token)


def _new_id(bits: int) -> int:
    return random.getrandbits(bits) | 1  # 0 would be none


def trace_id() -> str | None:
    """The id of the trace that is under way, 32 hexadecimal digits; None where there is none."""
    context = get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
