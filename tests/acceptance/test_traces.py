"""One trace leads from the request that brings an event to the provider that gets the message, and names nobody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.worker import Replayer

from cli.stack.http_server import HttpServer
from fermata.database import Pool
from fermata.pseudonym import pseudonym
from fermata.trace_context import NO_TRACER
from fermata.tracing import recording
from tests.acceptance.seeing import open_shop
from tests.acceptance.seen_journey import Seen
from worker.plugin import fermata_plugin

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_OF_THE_SENDER = f"00-{_TRACE}-00f067aa0ba902b7-01"
_PERSON = "zqxada"


@dataclass
class Collector:
    """Takes traces by OTLP over HTTP, as a real one does."""

    spans: list[Span] = field(default_factory=list)
    said: bytes = b""

    def application(self) -> Starlette:
        """What it answers with."""

        async def take(request: Request) -> Response:
            body = await request.body()
            self.said += body
            told = ExportTraceServiceRequest.FromString(body)
            self.spans += [span for each in told.resource_spans for scope in each.scope_spans for span in scope.spans]
            return Response(b"", media_type="application/x-protobuf")

        return Starlette(routes=[Route("/v1/traces", take, methods=["POST"])])


@asynccontextmanager
async def collecting(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    collector = Collector()
    async with HttpServer(collector.application()) as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        yield collector


async def test_one_trace_leads_from_the_senders_request_to_the_providers(
    temporal_address: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with collecting(monkeypatch) as collector:
        async with recording("fermata") as tracer:
            client = await Client.connect(temporal_address, plugins=[fermata_plugin(tracer=tracer)])
            async with open_shop(client, pool, tracer) as shop:
                await shop.add_to_cart(_PERSON, traceparent=_OF_THE_SENDER)
                await shop.all_is_done()
        ((headers, body),) = shop.provider.requests
    sent = {span.name: span for span in collector.spans if span.trace_id.hex() == _TRACE}
    for name in (
        "POST /v1/track",
        "dispatch start",
        "SignalWithStartWorkflow:seen",
        "RunWorkflow:seen",
        "RunActivity:decide",
        "RunActivity:send",
        "push by http:127.0.0.1",
    ):
        assert name in sent
    assert headers["traceparent"].split("-")[1] == _TRACE
    assert headers["traceparent"].split("-")[2] == sent["push by http:127.0.0.1"].span_id.hex()
    attributes = {each.key: each.value.string_value for each in sent["push by http:127.0.0.1"].attributes}
    assert attributes["fermata.decision_id"] == body["decision_id"]

    (profile,) = await pool.fetch("SELECT id FROM profiles")
    for private in (_PERSON, str(profile["id"])):
        assert private.encode() not in collector.said
    assert f"seen/{pseudonym(profile['id'])}".encode() in collector.said

    history = await client.get_workflow_handle(f"seen/{profile['id']}").fetch_history()
    for plugin in (fermata_plugin(), fermata_plugin(tracer=tracer)):
        await Replayer(workflows=[Seen], plugins=[plugin]).replay_workflow(history)


async def test_where_no_endpoint_is_named_nothing_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    async with recording("fermata") as tracer:
        assert tracer is NO_TRACER
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    async with recording("fermata") as tracer:
        assert tracer is NO_TRACER
