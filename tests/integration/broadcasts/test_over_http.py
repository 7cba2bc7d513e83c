"""Broadcasts over HTTP: counted before, started, held, cancelled; who may only look cannot act."""

import re
from pathlib import Path
from uuid import uuid4

import httpx
from temporalio.client import Client

from fermata.broadcasts import BroadcastState, find_broadcast
from fermata.database import Pool
from tests.acceptance.announced import Stage, write_people

PAGE = (Path(__file__).parents[3] / "docs" / "broadcasts.md").read_text(encoding="utf-8")


async def test_it_is_counted_before_anybody_is_told_anything(
    reader: httpx.AsyncClient, stage: Stage, pool: Pool
) -> None:
    for zone, number in (("Europe/Paris", 6), ("Asia/Tokyo", 4), (None, 3)):
        await write_people(pool, number, time_zone=zone)
    known = "UPDATE profiles SET addresses = $2, consent = $3 WHERE time_zone = $1"
    address = {"email": "ada@example.com"}
    await pool.execute(known, "Europe/Paris", address, {"email": {"marketing": "granted"}})
    await pool.execute(known, "Asia/Tokyo", address, {})
    wanted = {"name": stage.sale.name, "local_time": "2030-07-01T10:00", "rate": "2/s"}
    seen = (await reader.post("/api/v1/broadcasts/preview", json=wanted)).json()
    assert (seen["people"], seen["held_out"], seen["starts_at"]) == (13, 0, "2030-06-30T20:00:00Z")
    assert seen["channels"] == [
        {"channel": "push", "without_address": 13, "said_no": 0, "said_nothing": 0},
        {"channel": "email", "without_address": 3, "said_no": 0, "said_nothing": 4},
    ]
    assert seen["local_hours"] == [{"hour": 10, "people": 13}]
    assert [(each["at"][:16], each["people"]) for each in seen["waves"]] == [
        ("2030-07-01T01:00", 4),
        ("2030-07-01T08:00", 6),
        ("2030-07-01T10:00", 3),
    ]
    assert (seen["seconds_at_rate"], await pool.fetchval("SELECT count(*) FROM broadcasts")) == (6.5, 0)


async def test_it_is_started_held_and_cancelled_with_who_and_why_on_record(
    operator: httpx.AsyncClient, reader: httpx.AsyncClient, stage: Stage, pool: Pool
) -> None:
    await write_people(pool, 5)
    wanted = {"name": stage.sale.name, "at": "2030-07-01T10:00Z", "why": "summer", "properties": {"code": "JULY"}}
    assert (await reader.post("/api/v1/broadcasts", json=wanted)).status_code == 403
    made = await operator.post("/api/v1/broadcasts", json=wanted)
    assert (made.status_code, made.json()["state"]) == (201, "scheduled")
    assert made.json()["properties"] == {"title": "Spring", "code": "JULY"}
    twice = await operator.post("/api/v1/broadcasts", json=wanted)
    assert (twice.status_code, "is under way" in twice.json()["detail"]) == (409, True)
    path = f"/api/v1/broadcasts/{made.json()['id']}"
    paused = await operator.post(f"{path}/pause", json={"why": "the prices are wrong"})
    assert paused.json() == {"detail": "Paused by admin: the prices are wrong"}
    assert (await reader.post(f"{path}/resume")).status_code == 403
    assert (await operator.post(f"{path}/cancel")).json() == {"detail": "Cancelled by admin"}
    record = await find_broadcast(pool, made.json()["id"])
    over = await stage.wait(record, BroadcastState.CANCELLED)
    assert [(each.state, each.by, each.why) for each in over.changes] == [
        ("scheduled", "admin", "summer"),
        ("paused", "admin", "the prices are wrong"),
        ("cancelled", "admin", ""),
    ]
    again = await operator.post(f"{path}/resume")
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "the broadcast is over: cancelled; nothing can be changed",
    )
    listed = (await reader.get("/api/v1/broadcasts")).json()["items"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert (await reader.get(path)).json()["progress"]["entered"] == 0


async def test_what_cannot_be_started_is_refused_with_the_mend(operator: httpx.AsyncClient, stage: Stage) -> None:
    unknown = await operator.post("/api/v1/broadcasts", json={"name": "winter"})
    assert (unknown.status_code, f"there are: {stage.sale.name}" in unknown.json()["detail"]) == (404, True)
    odd = await operator.post("/api/v1/broadcasts", json={"name": stage.sale.name, "rate": "fast"})
    assert (odd.status_code, odd.json()["field"]) == (400, "rate")
    assert "write 50/s, 30/min or 2000/h" in odd.json()["detail"]
    assert (await operator.post(f"/api/v1/broadcasts/{uuid4()}/pause")).status_code == 404


async def test_one_that_somebody_terminated_in_temporal_is_told_of_and_cleared_away(
    operator: httpx.AsyncClient, stage: Stage, pool: Pool
) -> None:
    await write_people(pool, 40)
    made = await stage.start(rate="1/min")
    await stage.wait(made, BroadcastState.ENTERING, entered=0)
    client: Client = stage.client
    await client.get_workflow_handle(made.workflow_id).terminate("behind our back")
    problem = await stage.desk.problem(await find_broadcast(pool, made.id))
    assert problem == "Temporal says that it is terminated; cancel it, and start it again"
    paused = await operator.post(f"/api/v1/broadcasts/{made.id}/pause")
    assert (paused.status_code, "cancel it" in paused.json()["detail"]) == (409, True)
    assert (await operator.post(f"/api/v1/broadcasts/{made.id}/cancel")).status_code == 200
    progress = (await find_broadcast(pool, made.id)).progress
    assert (progress.left, progress.refused["cancelled"] >= 38) == (0, True)


async def test_every_call_on_the_page_about_broadcasts_is_answered(operator: httpx.AsyncClient, stage: Stage) -> None:
    calls = re.findall(r'(-X POST )?"\$FERMATA(/[^"]*)"(?: -d \'([^\']*)\')?', PAGE)
    assert len(calls) == 4
    made = await stage.start(at="2030-07-01T10:00Z")
    for post, path, body in calls:
        sent = body.replace("spring_sale", stage.sale.name)
        answer = await operator.request(
            "POST" if post else "GET", path.replace("$ID", str(made.id)), content=sent or None
        )
        assert answer.status_code in {200, 409}, (path, answer.text)  # it is under way already
