"""Who may look into an inbox: a session into its own and nothing else, a key into all of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from fermata.channels.inbox_session import InboxSession, InboxSessions
from fermata.database import Pool
from tests.integration.inbox.cards import put, somebody
from tests.integration.inbox.reader import reading


async def test_a_session_opens_its_own_inbox_and_nothing_else(pool: Pool, client: httpx.AsyncClient, ada: UUID) -> None:
    bob = await somebody(pool, "bob")
    mine, his = await put(pool, ada), await put(pool, bob)
    opened = (await client.post(f"/api/v1/inbox/{ada}/session")).json()
    token = opened["token"]
    assert timedelta(minutes=59) < datetime.fromisoformat(opened["expires_at"]) - datetime.now(UTC)
    async with httpx.AsyncClient(base_url=client.base_url) as browser:
        async with reading(browser, ada, token=token) as reader:
            assert (await reader.next()).data["unread"] == 1
        answers = {
            "list": await browser.get(f"/api/v1/inbox/{ada}", params={"token": token}),
            "shown": await browser.post(f"/api/v1/inbox/{mine}/shown", params={"token": token}),
            "not his list": await browser.get(f"/api/v1/inbox/{bob}", params={"token": token}),
            "not his card": await browser.post(f"/api/v1/inbox/{his}/clicked", params={"token": token}),
            "not the profile": await browser.get(
                f"/api/v1/profiles/{ada}", headers={"Authorization": f"Bearer {token}"}
            ),
            "no further session": await browser.post(
                f"/api/v1/inbox/{ada}/session", headers={"Authorization": f"Bearer {token}"}
            ),
            "forged": await browser.get(f"/api/v1/inbox/{ada}", params={"token": f"{token[:-2]}xx"}),
            "nobody": await browser.get(f"/api/v1/inbox/{ada}/stream"),
        }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "list": 200,
        "shown": 200,
        "not his list": 403,
        "not his card": 404,
        "not the profile": 401,
        "no further session": 401,
        "forged": 401,
        "nobody": 401,
    }


async def test_a_key_never_stands_in_an_address(client: httpx.AsyncClient, ada: UUID) -> None:
    key = client.headers["Authorization"].removeprefix("Bearer ")
    async with httpx.AsyncClient(base_url=client.base_url) as browser:
        assert (await browser.get(f"/api/v1/inbox/{ada}", params={"token": key})).status_code == 401


async def test_a_stream_ends_with_its_session(client: httpx.AsyncClient, ada: UUID, sessions: InboxSessions) -> None:
    session = InboxSession(profile_id=ada, expires_at=datetime.now(UTC) + timedelta(seconds=1))
    token = sessions.token(session)
    async with httpx.AsyncClient(base_url=client.base_url) as browser:
        async with reading(browser, ada, token=token) as reader:
            assert (await reader.next()).name == "inbox"
            with pytest.raises(StopAsyncIteration):
                await reader.next()
        assert (await browser.get(f"/api/v1/inbox/{ada}", params={"token": token})).status_code == 401


async def test_pages_of_every_origin_may_ask(client: httpx.AsyncClient, ada: UUID) -> None:
    origin = {"Origin": "https://shop.example"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Authorization"}
    first = await client.options(f"/api/v1/inbox/{ada}/shown", headers={**origin, **asked})
    assert (first.status_code, first.headers["Access-Control-Allow-Origin"]) == (200, "*")
    listed = await client.get(f"/api/v1/inbox/{ada}", headers=origin)
    assert listed.headers["Access-Control-Allow-Origin"] == "*"
    elsewhere = await client.get(f"/api/v1/profiles/{ada}", headers=origin)
    assert "Access-Control-Allow-Origin" not in elsewhere.headers
