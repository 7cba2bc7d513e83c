"""The way into the console, and what it refuses: wrong keys, forms from elsewhere, words that a key may not say."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.application import create_app
from api.console.throttle import MOST, WITHIN, Throttle
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, revoke_key, rotate_key
from fermata.database import Pool, new_id
from fermata.journeys import Registry
from tests.integration.api.served import Served

PAGES = ("", "/decisions", "/people", "/journeys", "/runs", "/analytics", "/policy", "/operations", "/requests")


@pytest.fixture
async def visitor(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a browser and without a session."""
    async with httpx.AsyncClient(base_url=served.url) as client:
        yield client


async def key_for(pool: Pool, *scopes: Scope) -> str:
    async with pool.acquire() as connection:
        return await create_key(connection, "of the test", scopes)


async def log_in(visitor: httpx.AsyncClient, key: str, **more: str) -> httpx.Response:
    return await visitor.post("/console/login", data={"key": key, **more})


async def form_token(visitor: httpx.AsyncClient) -> str:
    (found, *_) = re.findall(r'name="form_token" value="(\w+)"', (await visitor.get("/console")).text)
    return str(found)


async def test_nobody_sees_a_page_without_logging_in_and_then_comes_to_the_one_they_wanted(
    visitor: httpx.AsyncClient, served: Served
) -> None:
    for page in (*PAGES, "/decided.csv", "/analytics/paths.csv", f"/people/{new_id()}"):
        answer = await visitor.get(f"/console{page}")
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/console/login"), page
    answer = await log_in(visitor, served.admin_key, next="/console/decisions?action=drop")
    assert answer.headers["location"] == "/console/decisions?action=drop"
    for place in ("https://evil.example", "//evil.example", "/consoles", "/console\\..\\evil", "/console\r\nX: y"):
        assert (await log_in(visitor, served.admin_key, next=place)).headers["location"] == "/console"


async def test_an_empty_deployment_has_pages_that_say_so(visitor: httpx.AsyncClient, served: Served) -> None:
    await log_in(visitor, served.admin_key)
    for page in PAGES:
        answer = await visitor.get(f"/console{page}")
        assert answer.status_code == 200, page
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        if page not in ("", "/people", "/policy"):
            assert 'class="empty"' in answer.text, page


async def test_the_cookie_is_for_the_server_alone_and_over_https_for_this_host_alone(
    pool: Pool, visitor: httpx.AsyncClient, served: Served
) -> None:
    plain = (await log_in(visitor, served.admin_key)).headers["set-cookie"]
    assert plain.startswith("fermata_console=")
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    app = create_app(pool=pool, registry=Registry({}), public_url="https://fermata.example")
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as other:
        secure = (await log_in(other, served.admin_key)).headers["set-cookie"]
    assert secure.startswith("__Host-fermata=")
    assert "Secure" in secure
    assert "Path=/;" in secure
    assert await pool.fetchval("SELECT count(*) FROM console_sessions WHERE length(hash) = 32") == 2


async def test_wrong_keys_are_refused_and_after_ten_of_them_so_is_every_other(
    visitor: httpx.AsyncClient, served: Served, pool: Pool
) -> None:
    ingest_only = await key_for(pool, Scope.INGEST)
    assert (await log_in(visitor, ingest_only)).status_code == 403
    for number in range(MOST):
        answer = await log_in(visitor, f"fk_admin_{number}")
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    answer = await log_in(visitor, served.admin_key)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= WITHIN.total_seconds()


def test_an_address_may_try_again_when_its_time_has_passed_and_others_never_wait() -> None:
    throttle, now = Throttle(), datetime(2026, 3, 4, tzinfo=UTC)
    for _ in range(MOST):
        throttle.wrong("10.0.0.1", now)
    assert throttle.wait("10.0.0.1", now + timedelta(minutes=1)) == WITHIN - timedelta(minutes=1)
    assert throttle.wait("10.0.0.2", now) is None
    assert throttle.wait("10.0.0.1", now + WITHIN) is None


async def test_a_form_without_its_token_or_from_another_site_changes_nothing(
    visitor: httpx.AsyncClient, served: Served
) -> None:
    await log_in(visitor, served.admin_key)
    token = await form_token(visitor)
    for data, headers in (
        ({}, {}),
        ({"form_token": "0" * 64}, {}),
        ({"form_token": token}, {"Origin": "https://evil.example"}),
        ({"form_token": token}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = await visitor.post("/console/logout", data=data, headers=headers)
        assert answer.status_code == 403
    assert (await visitor.get("/console")).status_code == 200
    assert (await visitor.post("/console/logout", data={"form_token": token})).status_code == 303
    assert (await visitor.get("/console")).status_code == 303


async def test_a_key_that_may_only_read_is_shown_everything_and_may_change_nothing(
    visitor: httpx.AsyncClient, pool: Pool
) -> None:
    await log_in(visitor, await key_for(pool, Scope.READ))
    token = {"form_token": await form_token(visitor)}
    run = new_id()
    for place in (
        f"runs/{run}/pause",
        "operations/providers/smtp/hold",
        f"operations/rejected/{run}",
        f"operations/dead-letters/{run}/resend",
        f"operations/dead-letters/{run}/drop",
        "policy/activate",
        f"requests/people/{run}/erase",
    ):
        answer = await visitor.post(f"/console/{place}", data=token)
        assert answer.status_code == 403, place
        assert "lacks the scope" in answer.text
    assert (await visitor.get(f"/console/requests/people/{run}/export")).status_code == 403


async def test_a_revoked_key_ends_its_sessions_at_once(visitor: httpx.AsyncClient, pool: Pool) -> None:
    await log_in(visitor, await key_for(pool, Scope.READ))
    assert (await visitor.get("/console")).status_code == 200
    await revoke_key(pool, "of the test", datetime.now(UTC))
    assert (await visitor.get("/console")).status_code == 303


async def test_a_secret_that_is_rotated_away_takes_its_sessions_along(visitor: httpx.AsyncClient, pool: Pool) -> None:
    await log_in(visitor, await key_for(pool, Scope.READ))
    async with pool.acquire() as connection:
        await rotate_key(connection, "of the test", overlap=timedelta(hours=1))
        assert (await visitor.get("/console")).status_code == 200
        await rotate_key(connection, "of the test", overlap=timedelta(0))
    assert (await visitor.get("/console")).status_code == 303


async def test_what_cannot_be_is_told_on_a_page(visitor: httpx.AsyncClient, served: Served) -> None:
    await log_in(visitor, served.admin_key)
    for place, code, words in (
        (f"/decisions/{new_id()}", 404, "no decision has the id"),
        ("/decisions/abc", 400, "UUID"),
        ("/decisions?action=shout", 400, "is no action"),
        ("/decisions?cursor=abc", 400, "is not one that this list gave out"),
        (f"/requests/people/{new_id()}", 404, "no profile has the id"),
        (f"/requests/erasures/{new_id()}", 404, "was erased here"),
        ("/requests?name=nobody", 404, "nobody is known by"),
        ("/requests?name=x&kind=shoe", 404, "is no kind of name"),
        (f"/runs/{new_id()}", 404, "no run has the id"),
        ("/journeys/nothing", 404, "no journey is named"),
        ("/people?name=nobody", 404, "nobody is known by"),
        ("/people?name=x&kind=email", 404, "is no email"),
        ("/nowhere", 404, "has no page"),
    ):
        answer = await visitor.get(f"/console{place}")
        assert answer.status_code == code, place
        assert answer.headers["content-type"].startswith("text/html")
        assert words.lower() in answer.text.lower(), place
        assert "<h1>" in answer.text, place


async def test_what_somebody_wrote_is_never_html(visitor: httpx.AsyncClient, served: Served, pool: Pool) -> None:
    async with served.sender() as sender:
        traits = {"first_name": "<script>alert(1)</script>", "note": "</code><img src=x>"}
        await sender.post("/v1/identify", json={"userId": "x", "traits": traits})
        await sender.post("/v1/track", json={"userId": "x", "event": "<b>bold</b>", "properties": {"a": "<i>"}})
    await log_in(visitor, served.admin_key)
    profile = await pool.fetchval("SELECT id FROM profiles")
    page = (await visitor.get(f"/console/people/{profile}")).text
    for written in ("<script>alert", "<img", "<b>bold", '"<i>"'):
        assert written not in page
    assert "&lt;b&gt;bold" in page


async def test_dead_letters_stand_with_their_reason_among_the_operations_and_are_sent_again_from_there(
    visitor: httpx.AsyncClient, served: Served, pool: Pool
) -> None:
    await log_in(visitor, served.admin_key)
    token = {"form_token": await form_token(visitor)}
    await pool.execute("ALTER TABLE events ADD CONSTRAINT mistake CHECK (name <> 'X')")
    async with served.sender() as sender:
        await sender.post("/v1/track", json={"messageId": "m1", "userId": "ada", "event": "X"})
    page = (await visitor.get("/console/operations")).text
    assert "CheckViolationError 23514 (mistake)" in page
    (place,) = re.findall(r'action="(/console/operations/dead-letters/[\w-]+/resend)"', page)
    assert (await visitor.post(place, data=token)).headers["location"].endswith("?said=failed")
    await pool.execute("ALTER TABLE events DROP CONSTRAINT mistake")
    assert (await visitor.post(place, data=token)).headers["location"].endswith("?said=resent")
    assert await pool.fetchval("SELECT count(*) FROM events") == 1
    assert "Nothing was set aside." in (await visitor.get("/console/operations")).text
