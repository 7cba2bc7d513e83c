"""The audit log: whatever an operator or an admin does is in it, and nobody takes it out again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.audit import Act, Actor, AuditEntry, Door, Outcome, announced, list_entries, of_profile, recorded
from fermata.database import Pool, new_id
from fermata.journeys import Registry
from fermata.policy import default_document
from tests.integration.api.served import Served
from tests.people import enrol

ADMIN = Actor("admin", Door.API)
BODIES: dict[str, Any] = {
    "/api/v1/policy": {"document": default_document()},
    "/api/v1/broadcasts": {"name": "spring_sale"},
}
FORMS = {"document": default_document(), "why": "ticket 1", "sure": "yes"}
ELSEWHERE = {"/console/login", "/console/logout", "/console/policy/try"}
EVER = datetime(2026, 1, 1, tzinfo=UTC)


async def entries(pool: Pool) -> list[AuditEntry]:
    """All of them, the oldest first."""
    page = await list_entries(pool, since=EVER, limit=1000)
    return list(reversed(page.items))


async def make_and_think_better_of_it(pool: Pool) -> None:
    """A key, and then not."""
    async with recorded(pool, Act(ADMIN, "keys.create", "key shop")) as connection:
        await create_key(connection, "shop", [Scope.READ])
        raise ValueError("after all not")


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Whatever changes something in the management surface, asked of ids that nothing has."""
    for template, methods in document["paths"].items():
        for method in methods.keys() - {"get", "parameters"}:
            if template.startswith("/api/v1/"):
                yield method.upper(), template, re.sub(r"\{\w+\}", str(new_id()), template)


async def test_every_route_that_needs_an_operator_or_an_admin_leaves_an_entry(served: Served, pool: Pool) -> None:
    async with pool.acquire() as connection:
        lesser = await create_key(connection, "lesser", [Scope.READ, Scope.WRITE])
    seen: dict[str, list[AuditEntry]] = {}
    async with served.operator() as admin:
        document = (await admin.get("/openapi.json")).json()
        for method, template, path in calls(document):
            body = BODIES.get(template)
            as_lesser = {"Authorization": f"Bearer {lesser}"}
            if (await admin.request(method, path, json=body, headers=as_lesser)).status_code != 403:
                continue
            before = len(await entries(pool))
            await admin.request(method, path, json=body)
            seen[f"{method} {template}"] = (await entries(pool))[before:]
    assert len(seen) >= 13
    assert [route for route, added in seen.items() if not added] == []
    assert {(entry.actor, entry.door) for added in seen.values() for entry in added} == {("admin", Door.API)}
    (activated,) = seen["PUT /api/v1/policy"]
    assert (activated.outcome, activated.target[:7]) == (Outcome.DONE, "sha256:")
    assert [each.outcome for each in seen["POST /api/v1/runs/{run}/pause"]] == [Outcome.BEGUN, Outcome.REFUSED]


async def test_every_form_of_the_console_that_changes_something_leaves_an_entry(served: Served, pool: Pool) -> None:
    app = create_app(pool=pool, registry=Registry({}))
    included = [each for each in app.routes if hasattr(each, "effective_route_contexts")]
    routes = [route for each in included for route in each.effective_route_contexts()]
    posts = {route.path for route in routes if "POST" in (route.methods or ())}
    forms = sorted(path for path in posts if path.startswith("/console/") and path not in ELSEWHERE)
    assert len(forms) >= 6
    async with httpx.AsyncClient(base_url=served.url) as browser:
        await browser.post("/console/login", data={"key": "fk_admin_wrong"})
        await browser.post("/console/login", data={"key": served.admin_key})
        (token, *_) = re.findall(r'name="form_token" value="(\w+)"', (await browser.get("/console")).text)
        silent = []
        for form in (
            *sorted(set(forms) - {"/console/login", "/console/logout", "/console/policy/try"}),
            "/console/logout",
        ):
            before = len(await entries(pool))
            path = re.sub(r"\{\w+\}", str(new_id()), form.replace("{operation}", "pause"))
            await browser.post(path, data={**FORMS, "form_token": token})
            if len(await entries(pool)) == before:
                silent.append(form)
    assert silent == []
    first, second, *_, last = await entries(pool)
    assert (first.actor, first.action, first.outcome, first.detail) == ("", "console.log_in", "refused", "unknown key")
    assert (second.actor, second.door, second.outcome) == ("admin", Door.CONSOLE, Outcome.DONE)
    assert last.action == "console.log_out"


async def test_an_act_and_its_entry_are_both_there_or_neither_is(served: Served, pool: Pool) -> None:
    await pool.execute("ALTER TABLE audit_log ADD CHECK (action <> 'policy.activate')")
    before = await pool.fetchval("SELECT count(*) FROM policy_activations")
    async with served.operator() as admin:
        answer = await admin.put("/api/v1/policy", content=default_document())
    assert answer.status_code == 500
    assert await pool.fetchval("SELECT count(*) FROM policy_activations") == before
    await pool.execute("ALTER TABLE audit_log DROP CONSTRAINT audit_log_action_check")
    with pytest.raises(ValueError, match="after all"):
        await make_and_think_better_of_it(pool)
    assert await pool.fetchval("SELECT count(*) FROM api_keys WHERE name = 'shop'") == 0
    assert [(entry.outcome, entry.detail) for entry in await entries(pool)] == [(Outcome.FAILED, "ValueError")]


async def test_an_act_whose_end_nobody_saw_stands_there_as_begun(pool: Pool) -> None:
    with pytest.raises(KeyboardInterrupt):
        async with announced(pool, Act(ADMIN, "runs.pause", "run 1")):
            raise KeyboardInterrupt
    async with announced(pool, Act(ADMIN, "runs.exit", "run 1")):
        pass
    begun, *whole = await entries(pool)
    assert (begun.action, begun.outcome) == ("runs.pause", Outcome.BEGUN)
    assert [entry.outcome for entry in whole] == [Outcome.BEGUN, Outcome.DONE]
    assert len({entry.act for entry in whole}) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
async def test_nothing_in_the_log_is_changed_or_removed(pool: Pool, statement: str) -> None:
    async with announced(pool, Act(ADMIN, "runs.exit", "run 1")):
        pass
    with pytest.raises(asyncpg.RaiseError, match="the audit log only grows"):
        await pool.execute(statement)
    assert len(await entries(pool)) == 2


async def test_the_log_is_read_by_whom_what_and_on_whom_and_tells_nobodys_id(served: Served, pool: Pool) -> None:
    ada = (await enrol(pool)).profile_id
    async with served.operator() as admin:
        await admin.get(f"/api/v1/profiles/{ada}/export")
        await admin.delete(f"/api/v1/profiles/{ada}")
        await admin.post("/api/v1/providers/smtp/hold")

        async def found(**asked: str) -> list[tuple[str, str]]:
            answer = await admin.get("/api/v1/audit", params=asked)
            assert answer.status_code == 200, answer.text
            assert str(ada) not in answer.text
            return [(entry["action"], entry["outcome"]) for entry in answer.json()["items"]]

        everything = [
            ("providers.hold", "refused"),
            ("profiles.erase", "done"),
            ("profiles.export", "done"),
            ("profiles.export", "begun"),
        ]
        assert await found() == await found(actor="admin") == everything
        assert await found(profile=str(ada)) == await found(action="profiles") == everything[1:]
        assert await found(target=of_profile(ada), outcome="begun") == everything[3:]
        assert await found(since=datetime.now(UTC).isoformat()) == await found(actor="support") == []
        first = (await admin.get("/api/v1/audit", params={"limit": 3})).json()
        rest = (await admin.get("/api/v1/audit", params={"limit": 3, "cursor": first["next_cursor"]})).json()
        assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)


async def test_only_an_admin_reads_the_log(pool: Pool) -> None:
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
        operator = await create_key(connection, "operator", [Scope.READ, Scope.WRITE, Scope.OPERATE])
    async with (
        HttpServer(create_app(pool=pool, registry=Registry({}))) as server,
        httpx.AsyncClient(base_url=server.url) as client,
    ):
        codes = {}
        for key in (keys["admin"], operator, keys["write"]):
            codes[key] = (await client.get("/api/v1/audit", headers={"Authorization": f"Bearer {key}"})).status_code
        assert list(codes.values()) == [200, 403, 403]
        assert (await client.get("/api/v1/audit")).status_code == 401
