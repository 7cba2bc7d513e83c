"""Health and the description of the surface."""

from typing import get_args

import httpx

from fermata.broadcasts import BroadcastOperation
from fermata.database import Pool
from fermata.events import Door
from fermata.runs import Operation


async def test_a_process_is_healthy_and_ready_with_the_schema_in_place(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/healthz")).json() == {"status": "ok"}
    assert (await operator.get("/readyz")).json() == {"status": "ready"}


async def test_without_the_schema_it_is_healthy_but_not_ready(pool: Pool, operator: httpx.AsyncClient) -> None:
    await pool.execute("DROP TABLE alembic_version")
    answer = await operator.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == "the schema: run `fermata migrate`"
    assert (await operator.get("/healthz")).status_code == 200


async def test_openapi_describes_every_endpoint_with_its_answers(operator: httpx.AsyncClient) -> None:
    description = (await operator.get("/openapi.json")).json()
    assert set(description["paths"]) == {
        *(f"/v1/{door}" for door in get_args(Door)),
        "/api/v1/rejected-events",
        "/api/v1/dead-letters",
        "/api/v1/dead-letters/{letter}",
        "/api/v1/dead-letters/{letter}/resend",
        "/api/v1/rejected-events/{event}/retry",
        "/api/v1/inbox/{profile}",
        "/api/v1/inbox/{profile}/stream",
        "/api/v1/inbox/{profile}/session",
        "/api/v1/inbox/{item}/read",
        "/api/v1/inbox/{item}/shown",
        "/api/v1/inbox/{item}/clicked",
        "/api/v1/inbox/{item}/dismissed",
        "/api/v1/decisions",
        "/api/v1/decisions/{decision}",
        "/api/v1/profiles",
        "/api/v1/profiles/{profile}",
        "/api/v1/profiles/{profile}/timeline",
        "/api/v1/profiles/{profile}/export",
        "/api/v1/profiles/{profile}/consent",
        "/api/v1/profiles/{profile}/preferences",
        "/api/v1/profiles/{profile}/devices",
        "/api/v1/profiles/{profile}/devices/{device}",
        "/api/v1/events",
        "/api/v1/journeys",
        "/api/v1/journeys/{name}",
        "/api/v1/journeys/{name}/map",
        "/api/v1/runs",
        "/api/v1/runs/{run}",
        *(f"/api/v1/runs/{{run}}/{operation}" for operation in Operation),
        "/api/v1/broadcasts",
        "/api/v1/broadcasts/declared",
        "/api/v1/broadcasts/preview",
        "/api/v1/broadcasts/{broadcast}",
        *(f"/api/v1/broadcasts/{{broadcast}}/{operation}" for operation in BroadcastOperation),
        *(f"/api/v1/analytics/{asked}" for asked in ("lift", "attribution", "paths", "next-best-actions", "kpis")),
        "/api/v1/policy",
        "/api/v1/providers",
        "/api/v1/providers/{name}/hold",
        "/api/v1/providers/{name}/release",
        "/unsubscribe/{token}",
        "/confirm/{token}",
        "/l/{token}",
        "/s/{token}",
        "/webhooks/{source}",
        "/api/v1/audit",
        "/codec/decode",
        "/codec/encode",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    track = description["paths"]["/v1/track"]["post"]
    assert {"200", "400", "401", "413", "503"} <= set(track["responses"])
    assert track["security"] == [{"writeKey": []}]
    assert set(description["components"]["securitySchemes"]) == {"writeKey", "HTTPBearer"}


async def test_unknown_paths_of_the_ingest_answer_as_the_ingest_does(sender: httpx.AsyncClient) -> None:
    for method, path, status in (("POST", "/v1/nothing", 404), ("GET", "/v1/track", 405)):
        answer = await sender.request(method, path)
        assert answer.status_code == status
        assert answer.json()["success"] is False


async def test_the_page_of_the_docs_asks_no_other_machine_for_anything(operator: httpx.AsyncClient) -> None:
    page = await operator.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "http://" not in page.text
    script = next(part for part in page.text.split('"') if part.endswith(".js"))
    assert (await operator.get(script)).status_code == 200
