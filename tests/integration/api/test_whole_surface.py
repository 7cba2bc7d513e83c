"""The whole of what the OpenAPI document describes, asked by schemathesis with a key and without: no server error, and
what is answered is described.

``FERMATA_FUZZ=100000`` asks each endpoint fifty times.
"""

import asyncio
import os
import re
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pydantic import SecretStr
from schemathesis import Case
from schemathesis.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.channels.inbox_session import InboxSessions
from fermata.channels.tracked_links import TrackedLinks
from fermata.database import Pool, new_id
from fermata.journeys import JourneyDefinition, Registry, Trigger
from fermata.profiles.consent_links import ConsentLinks
from tests.integration.api.served import Served

OFTEN = 1 if "FERMATA_FUZZ" not in os.environ else 50
AS_DESCRIBED = [status_code_conformance, content_type_conformance, response_schema_conformance]
PATIENCE = 30  # seconds
ENDLESS, SLOW = "/api/v1/inbox/{profile}/stream", "/api/v1/analytics/"
LEFT_OUT = (ENDLESS, SLOW) if OFTEN == 1 else (ENDLESS,)
"""The slow ones work each answer out in a process of its own, for a second."""
PUBLIC = ("/unsubscribe", "/confirm", "/webhooks", "/l/", "/s/", "/healthz", "/readyz", "/metrics", "/codec")


@pytest.fixture
async def whole(pool: Pool) -> AsyncIterator[Served]:
    """The API with all that a deployment sets, but without Temporal."""
    url, secret = "http://127.0.0.1:8000", SecretStr("of the tests, and long enough to be one")
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(
        pool=pool,
        registry=Registry({"cart": JourneyDefinition(trigger=Trigger("Product Added"), goal="Order Completed")}),
        links=ConsentLinks(secret, url),
        tracked_links=TrackedLinks(secret, url),
        inbox_sessions=InboxSessions(secret),
    )
    async with HttpServer(app) as server:
        yield Served(server.url, keys["write"], keys["admin"])


def endpoints(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Method and address of each, for ids that nothing has."""
    for template, methods in document["paths"].items():
        for method in methods.keys() - {"parameters"}:
            yield method.upper(), re.sub(r"\{\w+\}", str(new_id()), template)


async def test_nothing_is_answered_to_whoever_has_no_key_or_not_the_right_one(served: Served, pool: Pool) -> None:
    async with pool.acquire() as connection:
        reader = await create_key(connection, "reader", [Scope.READ])
    wrong, as_sdk = [], {"Authorization": f"Bearer {served.write_key}"}
    async with httpx.AsyncClient(base_url=served.url, timeout=PATIENCE) as client:
        document = (await client.get("/openapi.json")).json()
        asked = [each for each in endpoints(document) if not each[1].startswith(PUBLIC)]
        for method, path in asked:
            forbidden = 401 if path.startswith("/v1/") else 403
            refused = {
                "none": ({}, 401),
                "unknown": ({"Authorization": "Bearer fk_admin_" + "0" * 16 + "_" + "A" * 43}, 401),
                "of a reader, as Basic": ({"Authorization": f"Basic {b64encode(f'{reader}:'.encode()).decode()}"}, 401),
                "of the SDKs": (as_sdk, forbidden),
            }
            if method != "GET" or path.endswith("/export"):
                refused["reader"] = ({"Authorization": f"Bearer {reader}"}, forbidden)
            for kind, (headers, code) in refused.items():
                answer = await client.request(method, path, headers=headers)
                if answer.status_code != code and "preview" not in path:
                    wrong.append(f"{method} {path} with the key {kind}: {answer.status_code}")
    assert len(asked) > 50
    assert wrong == []


@pytest.mark.timeout(180 * OFTEN)
async def test_no_request_that_schemathesis_can_think_of_is_a_server_error(whole: Served) -> None:
    async with whole.operator() as operator:
        document = (await operator.get("/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    probed = [each for each in operations if not each.path.startswith(LEFT_OUT)]
    asked = await asyncio.to_thread(lambda: sum(probe(each, whole) for each in probed))
    sys.stdout.write(f"{asked:,} requests to {len(probed)} endpoints\n")
    assert asked >= len(probed) > 50


def probe(operation: APIOperation[Any, Any, Any, Any], served: Served) -> int:
    """Asks an endpoint, with the key that it wants and without, and returns how often."""
    is_door = operation.path.startswith("/v1/")
    keys: list[dict[str, Any]] = [
        {},
        {"auth": (served.write_key, "")} if is_door else {"headers": {"Authorization": f"Bearer {served.admin_key}"}},
    ]
    asked = 0

    @settings(
        max_examples=OFTEN, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def ask(case: Case[Any]) -> None:
        nonlocal asked
        for key in keys:
            answer = case.call(base_url=served.url, timeout=PATIENCE, **key)
            asked += 1
            later = answer.status_code == 503 and "retry-after" in answer.headers  # Temporal is not there
            assert answer.status_code < 500 or later, f"{answer.status_code}: {case.as_curl_command()}"
            if not operation.path.startswith(PUBLIC):  # those answer people, with pages
                case.validate_response(answer, checks=AS_DESCRIBED)

    ask()
    return asked


async def test_an_instant_that_nothing_can_be_reckoned_from_is_refused(refused_operator: httpx.AsyncClient) -> None:
    for path, field in (
        ("analytics/attribution?since=0002-01-01T00:00:00Z&lookback=P3000D", "since"),
        ("analytics/kpis?until=0001-01-01T00:00:00Z", "until"),
        ("journeys/cart/map?counts=true&until=0001-01-01T00:00:00Z", "until"),
        ("analytics/paths?until=9999-12-31T00:00:00Z", "until"),
    ):
        answer = await refused_operator.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["field"]) == (422, f"query.{field}"), path


async def test_a_refused_message_is_named_by_what_can_be_an_id(sender: httpx.AsyncClient) -> None:
    ids = ["m1", 7, 7.5, True, ["m1"], None]
    refused = (await sender.post("/v1/batch", json={"batch": [{"messageId": each} for each in ids]})).json()["rejected"]
    assert [each["messageId"] for each in refused] == ["m1", 7, 7.5, None, None, None]
