"""What operators do with runs over HTTP: it reaches the run in Temporal, and who did it, and why, is on record."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.ports import free_port
from cli.stack.waiting import until
from fermata.access import first_keys
from fermata.database import Pool
from fermata.journeys import Registry
from tests.acceptance.world import World
from tests.integration.runs.underway import LIMIT, Underway
from worker.temporal import connect
from workflows.runs_in_temporal import RunsInTemporal
from workflows.start import start_run

PAGE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")


async def test_an_operator_holds_a_run_lets_it_go_on_and_ends_it(
    underway: Underway, operator: httpx.AsyncClient
) -> None:
    path = f"/api/v1/runs/{underway.id}"
    seen = (await operator.get(path)).json()
    assert seen["now"]["standing"].startswith("Wait 1 hour, until")
    assert (seen["now"]["troubles"], seen["now"]["problem"], seen["actions"]) == ([], None, [])
    assert f"%2F{underway.profile_id}/{underway.handle.first_execution_run_id}/" in seen["temporal_ui"]
    paused = await operator.post(f"{path}/pause", json={"why": "the prices are wrong"})
    assert paused.json()["detail"] == "Paused by admin: the prices are wrong"
    assert (await operator.get(path)).json()["now"]["standing"] == "Paused by admin: the prices are wrong"
    assert (await operator.post(f"{path}/resume")).json()["detail"] == "Resumed by admin"
    assert (await operator.post(f"{path}/exit", json={"why": "enough"})).status_code == 200
    assert await until(underway.is_over, limit=LIMIT)
    over = (await operator.get(path)).json()
    assert (over["state"], over["reason"], over["now"]) == ("exited", "by admin: enough", None)
    refused = await operator.post(f"{path}/pause")
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert "exited (by admin: enough)" in refused.json()["detail"]
    assert await underway.actions() == [
        ("pause", "admin", "the prices are wrong", "done"),
        ("resume", "admin", "", "done"),
        ("exit", "admin", "enough", "done"),
        ("pause", "admin", "", "run_ended"),
    ]
    assert [action["action"] for action in over["actions"]] == ["exit", "resume", "pause"]


async def test_a_skipped_wait_is_over_and_what_follows_is_decided_and_shown(
    underway: Underway, operator: httpx.AsyncClient
) -> None:
    path = f"/api/v1/runs/{underway.id}"
    assert (await operator.post(f"{path}/skip", json={"why": "a test"})).json()["detail"] == (
        "Wait skipped by admin: a test"
    )

    async def decided() -> bool:
        return bool((await operator.get(path)).json()["decisions"])

    assert await until(decided, limit=LIMIT)
    (decision,) = (await operator.get(path)).json()["decisions"]
    assert (decision["message"], decision["action"]) == ("cart_reminder", "send")


async def test_a_run_that_is_not_in_temporal_is_told_with_what_to_do(
    underway: Underway, operator: httpx.AsyncClient, world: World
) -> None:
    path = f"/api/v1/runs/{underway.id}"
    assert (await operator.post(f"/api/v1/runs/{uuid4()}/pause")).status_code == 404
    unbegun = await world.enrol("branches")
    early = await operator.post(f"/api/v1/runs/{unbegun.run_id}/pause")
    assert (early.status_code, "has not begun in Temporal yet" in early.json()["detail"]) == (409, True)
    await underway.handle.terminate("behind our back")
    assert "terminated" in (await operator.get(path)).json()["now"]["problem"]
    gone = await operator.post(f"{path}/exit")
    assert (gone.status_code, "is not in Temporal" in gone.json()["detail"]) == (409, True)
    assert await underway.actions() == [("exit", "admin", "", "not_in_temporal")]


async def test_a_word_never_reaches_the_same_persons_next_run(
    underway: Underway, operator: httpx.AsyncClient, world: World
) -> None:
    entry = (await world.enrol()).entry.model_copy(update={"profile_id": underway.profile_id})
    await underway.handle.terminate("to make room")
    following = await start_run(world.skipper.client, entry, workflow_id=underway.handle.id, queue=world.queue)
    world.started.append(following)
    assert (await operator.post(f"/api/v1/runs/{underway.id}/exit")).status_code == 409
    assert (await following.query("status"))["outcome"] is None


async def test_with_temporal_away_the_door_answers_and_operators_are_told_when_to_come_back(
    underway: Underway, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    app = create_app(pool=pool, registry=Registry({}), temporal=RunsInTemporal(connect))
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        event = {"userId": "ada", "event": "Product Viewed"}
        assert (await client.post("/v1/track", json=event, auth=(keys["write"], ""))).status_code == 200
        paused = await client.post(f"/api/v1/runs/{underway.id}/pause")
        assert (paused.status_code, paused.headers["retry-after"]) == (503, "5")
        assert "Temporal does not answer" in paused.json()["detail"]
        seen = (await client.get(f"/api/v1/runs/{underway.id}")).json()
        assert (seen["state"], seen["now"]["standing"]) == ("active", None)
        assert "Temporal does not answer" in seen["now"]["problem"]
    assert [result for *_, result in await underway.actions()] == ["unanswered"]


async def test_without_a_worker_nothing_is_claimed_to_be_done(
    operator: httpx.AsyncClient, world: World, pool: Pool
) -> None:
    nobody = await world.enrol()
    handle = await start_run(world.skipper.client, nobody.entry, workflow_id=nobody.workflow_id, queue=uuid4().hex)
    world.started.append(handle)
    await pool.execute(
        "UPDATE journey_runs SET temporal_run_id = $2 WHERE id = $1", nobody.run_id, handle.first_execution_run_id
    )
    answer = await operator.post(f"/api/v1/runs/{nobody.run_id}/pause")
    assert (answer.status_code, "no worker has answered" in answer.json()["detail"]) == (503, True)


async def test_a_run_whose_code_fails_says_so_and_takes_no_word(operator: httpx.AsyncClient, world: World) -> None:
    broken = await Underway.start(world, "broken")
    path = f"/api/v1/runs/{broken.id}"
    now: dict[str, Any] = {}

    async def fails() -> bool:
        now.update((await operator.get(path)).json()["now"])
        return bool(now["troubles"])

    assert await until(fails, limit=LIMIT)
    assert now["troubles"][0].startswith("its code fails: attempt ")
    assert "mend it and deploy" in now["problem"]
    refused = await operator.post(f"{path}/pause")
    # Between two tries Temporal refuses the word at once; while the code is being tried it waits.
    assert refused.status_code in {409, 503}
    assert "mend it and deploy" in refused.json()["detail"]
    ((*_, result),) = await broken.actions()
    assert result == ("refused" if refused.status_code == 409 else "unanswered")


async def test_every_call_on_the_page_about_operating_is_answered(
    underway: Underway, operator: httpx.AsyncClient
) -> None:
    calls = re.findall(r'(-X POST )?"\$FERMATA(/[^"]*)"(?: -d \'([^\']*)\')?', PAGE)
    assert len(calls) == 3
    for post, path, body in calls:
        answer = await operator.request(
            "POST" if post else "GET", path.replace("$RUN", str(underway.id)), content=body or None
        )
        assert answer.status_code == 200, path


async def test_who_may_only_look_cannot_act(underway: Underway, reader: httpx.AsyncClient) -> None:
    path = f"/api/v1/runs/{underway.id}"
    assert (await reader.get(path)).status_code == 200
    assert (await reader.get("/api/v1/runs")).status_code == 200
    for operation in ("pause", "resume", "skip", "exit"):
        assert (await reader.post(f"{path}/{operation}")).status_code == 403
    assert await underway.actions() == []


async def test_what_was_done_cannot_be_changed_or_taken_back(
    underway: Underway, operator: httpx.AsyncClient, pool: Pool
) -> None:
    await operator.post(f"/api/v1/runs/{underway.id}/pause")
    for change in ("UPDATE %s SET by = 'me'", "DELETE FROM %s", "TRUNCATE %s"):
        with pytest.raises(asyncpg.RestrictViolationError, match="operator_actions only grow"):
            await pool.execute(change % "operator_actions")
    assert await underway.actions() == [("pause", "admin", "", "done")]
