"""The policy over HTTP: read, changed, refused with every fault in its place."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from fermata.access import Scope, create_key
from fermata.database import Pool
from fermata.ledger import decide_and_reserve
from fermata.ledger.policies import history
from fermata.policy import default_document, parse_policy
from fermata.vocabulary import Action
from tests.integration.api.served import Served
from tests.people import NOON, enrol
from tests.policies import under

PATH = "/api/v1/policy"
CLOSED = 'version = 1\n[channels.email]\nwindow = "never"\n'
TOML = {"Content-Type": "application/toml"}


@pytest.fixture
async def reader(pool: Pool, served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client that may only look."""
    async with pool.acquire() as connection:
        secret = await create_key(connection, "compliance", [Scope.READ])
    async with httpx.AsyncClient(base_url=served.url, headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


async def test_a_policy_put_there_holds_for_the_next_decision(operator: httpx.AsyncClient, pool: Pool) -> None:
    policies = await under(pool, default_document())
    ada = await enrol(pool)
    assert (await decide_and_reserve(pool, policies, ada.attempt("one"), NOON)).action is Action.SEND
    answer = await operator.put(PATH, content=CLOSED, headers=TOML, params={"note": "silence"})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    assert (told["version"], told["document"]) == (parse_policy(CLOSED).version, CLOSED)
    assert (told["author"], told["note"]) == ("admin", "silence")
    assert (await operator.get(PATH)).json() == told
    assert (await decide_and_reserve(pool, policies, ada.attempt("two"), NOON)).action is Action.DROP


async def test_json_carries_the_document_with_its_note(operator: httpx.AsyncClient, pool: Pool) -> None:
    for _ in range(2):
        answer = await operator.put(PATH, json={"document": CLOSED, "note": "silence"})
        assert (answer.status_code, answer.json()["note"]) == (200, "silence")
    assert len(await history(pool)) == 1, "the one in force again changes nothing"


async def test_what_curl_calls_a_form_is_read_as_toml(operator: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await operator.put(PATH, content=CLOSED, headers=headers)).status_code == 200


async def test_a_faulty_document_is_refused_with_every_fault_in_its_place(
    operator: httpx.AsyncClient, pool: Pool
) -> None:
    faulty = 'version = 1\n[channels.email]\nwindow = "dawn"\ncolour = "red"\n'
    answer = await operator.put(PATH, content=faulty, headers=TOML)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    first, second = answer.json()["problems"]
    assert (first["line"], first["table"], first["key"], first["value"]) == (3, "channels.email", "window", "'dawn'")
    assert (second["line"], second["key"]) == (4, "colour")
    assert "there are: caps" in second["message"]
    assert await history(pool) == ()


@pytest.mark.parametrize(
    ("options", "status", "field"),
    [
        ({"content": b"caf\xe9"}, 400, None),
        ({"content": b"version = 1 # \0"}, 422, None),
        ({"content": b"x" * 300_000}, 413, None),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, None),
        ({"json": {"note": "silence"}}, 400, "document"),
        ({"json": {"document": CLOSED, "author": "eve"}}, 400, "author"),
        ({"json": {"document": CLOSED, "note": "\0"}}, 400, "note"),
        ({"content": CLOSED, "params": {"note": "x" * 501}}, 422, "query.note"),
    ],
)
async def test_what_cannot_be_a_policy_is_told_as_problem_details(
    refused_operator: httpx.AsyncClient, options: dict[str, Any], status: int, field: str | None
) -> None:
    answer = await refused_operator.put(PATH, **options)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json().get("field") == field
    assert (await refused_operator.get(PATH)).status_code == 404  # there is none still


async def test_without_a_policy_there_is_nothing_to_read(operator: httpx.AsyncClient) -> None:
    answer = await operator.get(PATH)
    assert answer.status_code == 404
    assert "fermata setup" in answer.json()["detail"]


async def test_whoever_may_read_may_not_change(reader: httpx.AsyncClient, pool: Pool) -> None:
    await under(pool, CLOSED)
    assert (await reader.get(PATH)).json()["document"] == CLOSED
    refused = await reader.put(PATH, content="version = 1\n", headers=TOML)
    assert refused.status_code == 403
    assert "'admin'" in refused.json()["detail"]
