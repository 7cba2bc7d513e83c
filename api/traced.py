"""Makes every request a part of a trace: of the sender's, where it names one, else the first part of a new one."""

from opentelemetry.trace import SpanKind, StatusCode, Tracer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.measured import route_of
from fermata.trace_context import part_of

_HEADER = b"traceparent"
_LOOKED_AT = frozenset({"/healthz", "/readyz", "/metrics"})  # every few seconds, by machines
_FAULTS = 500  # and above: ours, not the sender's


class Traced:
    """Traces what an application answers. Of a request nothing is told but method, route and status.

    Args:
        app: What answers.
        tracer: What records.
    """

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _LOOKED_AT:
            await self._app(scope, receive, send)
            return
        header = next((value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER), None)
        status = _FAULTS

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with part_of(header, self._tracer, scope["method"], SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, heard)
            finally:
                if span.is_recording():
                    span.update_name(f"{scope['method']} {route_of(scope)}")
                    span.set_attributes(
                        {
                            "http.request.method": scope["method"],
                            "http.route": route_of(scope),
                            "http.response.status_code": status,
                        }
                    )
                    if status >= _FAULTS:
                        span.set_status(StatusCode.ERROR)
