"""Providers over HTTP: who may see how they are, and who may hold one back."""

import httpx
import pytest

from fermata.access import Scope, create_key
from fermata.channels import Enlisted, Health, Roster
from fermata.database import Pool
from tests.unit.channels.silent import Silent


@pytest.fixture(autouse=True)
async def enlisted(pool: Pool) -> None:
    """A worker has started with two providers of text messages."""
    await Health(
        pool, Roster([Enlisted(Silent("main"), kind="http", rate=10.0), Enlisted(Silent("spare"), tier=2)])
    ).enlist()


async def test_all_are_listed_with_their_place_and_how_they_are(operator: httpx.AsyncClient) -> None:
    main, spare = (await operator.get("/api/v1/providers")).json()["providers"]
    assert (main["name"], main["channel"], main["kind"], main["rate"], main["tier"]) == ("main", "sms", "http", 10, 1)
    assert (spare["tier"], spare["state"], spare["held_by"]) == (2, "well", None)


async def test_an_operator_holds_one_back_and_lets_it_in_again(operator: httpx.AsyncClient) -> None:
    held = (await operator.post("/api/v1/providers/main/hold")).json()["providers"][0]
    assert held["state"] == "held"
    assert held["held_by"]
    released = (await operator.post("/api/v1/providers/main/release")).json()["providers"][0]
    assert (released["state"], released["held_at"]) == ("well", None)


@pytest.mark.parametrize("verb", ["hold", "release"])
async def test_a_name_that_nobody_has_is_not_found(operator: httpx.AsyncClient, verb: str) -> None:
    answer = await operator.post(f"/api/v1/providers/pigeon/{verb}")
    assert answer.status_code == 404
    assert "pigeon" in answer.json()["detail"]


async def test_who_may_only_read_holds_nobody_back(pool: Pool, operator: httpx.AsyncClient) -> None:
    async with pool.acquire() as connection:
        key = await create_key(connection, "reader", [Scope.READ])
    headers = {"Authorization": f"Bearer {key}"}
    assert (await operator.get("/api/v1/providers", headers=headers)).status_code == 200
    assert (await operator.post("/api/v1/providers/main/hold", headers=headers)).status_code == 403
