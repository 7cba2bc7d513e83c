"""The inbox over HTTP: who may look, pages, and reading."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from fermata.database import Pool, new_id
from tests.integration.api.served import Served

NOBODY = UUID("01a20f57-0000-7000-8000-000000000000")


@pytest.fixture
async def profile(pool: Pool) -> UUID:
    """A profile with five cards, the newest of which is number 5."""
    profile_id, now = new_id(), datetime.now(UTC)
    await pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", profile_id, now)
    for n in range(1, 6):
        await pool.execute(
            "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at) "
            "VALUES ($1, $2, 'inbox', 'hello', $3, 'body', $4)",
            new_id(),
            profile_id,
            f"card {n}",
            now - timedelta(hours=6 - n),
        )
    return profile_id


async def test_cards_come_in_pages_the_newest_first(operator: httpx.AsyncClient, profile: UUID) -> None:
    titles, cursor = [], None
    for _ in range(3):
        page = (await operator.get(f"/api/v1/inbox/{profile}", params={"limit": 2, **_after(cursor)})).json()
        titles += [item["title"] for item in page["items"]]
        assert page["unread"] == 5
        cursor = page["next_cursor"]
    assert titles == ["card 5", "card 4", "card 3", "card 2", "card 1"]
    assert cursor is None


def _after(cursor: str | None) -> dict[str, str]:
    return {"cursor": cursor} if cursor is not None else {}


async def test_the_first_reading_of_a_card_counts(operator: httpx.AsyncClient, profile: UUID) -> None:
    [first, *_] = (await operator.get(f"/api/v1/inbox/{profile}")).json()["items"]
    read = [(await operator.post(f"/api/v1/inbox/{first['id']}/read")).json()["read_at"] for _ in range(2)]
    assert read[0] is not None
    assert read[0] == read[1]
    assert (await operator.get(f"/api/v1/inbox/{profile}")).json()["unread"] == 4


async def test_a_profile_without_cards_has_an_empty_inbox(operator: httpx.AsyncClient) -> None:
    page = (await operator.get(f"/api/v1/inbox/{NOBODY}")).json()
    assert page == {"items": [], "next_cursor": None, "unread": 0}


async def test_the_inbox_is_for_keys_that_may_read(served: Served, profile: UUID) -> None:
    path = f"{served.url}/api/v1/inbox/{profile}"
    async with httpx.AsyncClient() as client:
        nobody = await client.get(path)
        stranger = await client.get(path, headers={"Authorization": "Bearer nonsense"})
        writer = await client.get(path, headers={"Authorization": f"Bearer {served.write_key}"})
    assert (nobody.status_code, stranger.status_code, writer.status_code) == (401, 401, 403)
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert "'read'" in writer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "field"),
    [
        ("GET", "/api/v1/inbox/not-a-uuid", 422, "path.profile"),
        ("GET", f"/api/v1/inbox/{NOBODY}?limit=0", 422, "query.limit"),
        ("GET", f"/api/v1/inbox/{NOBODY}?cursor=nonsense", 400, "cursor"),
        ("POST", f"/api/v1/inbox/{NOBODY}/read", 404, None),
        ("GET", "/api/v1/nothing", 404, None),
        ("DELETE", f"/api/v1/inbox/{NOBODY}", 405, None),
    ],
)
async def test_what_cannot_be_done_is_told_as_problem_details(
    refused_operator: httpx.AsyncClient, method: str, path: str, status: int, field: str | None
) -> None:
    answer = await refused_operator.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem.get("field") == field
