"""What the ingest refused: listed newest first, and sent again as it was or mended."""

from typing import Any

import httpx

from fermata.database import Pool
from tests.integration.api.served import Served

ALL = "/api/v1/rejected-events"
NAIVE = {"userId": "ada", "event": "Product Viewed", "timestamp": "2026-03-08T06:30:00"}


async def refuse(sender: httpx.AsyncClient, path: str, body: Any) -> None:
    answer = await sender.post(path, json=body)
    assert answer.status_code == 400 or answer.json()["rejected"]


async def listed(operator: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await operator.get(ALL)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_rejects_are_listed_page_by_page_with_reason_and_payload(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    for n in range(5):
        await refuse(sender, "/v1/track", {**NAIVE, "messageId": f"m{n}"})
    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await operator.get(ALL, params={"limit": 2, **cursor})).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len({each["id"] for each in seen}) == 5
    assert "m4" in seen[0]["payload"]
    assert (seen[0]["door"], seen[0]["field"], seen[0]["resent_at"]) == ("track", "timestamp", None)
    assert "names no offset" in seen[0]["reason"]


async def test_a_mended_reject_is_accepted_once_however_often_it_is_sent(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient, pool: Pool
) -> None:
    await refuse(sender, "/v1/track", NAIVE)
    [reject] = await listed(operator)
    retry = f"{ALL}/{reject['id']}/retry"
    again = await operator.post(retry)
    assert (again.status_code, again.json()["field"]) == (400, "timestamp")
    assert again.headers["content-type"] == "application/problem+json"
    mended = {**NAIVE, "timestamp": "2026-03-08T06:30:00Z"}
    answers = [(await operator.post(retry, json=mended)).json() for _ in range(2)]
    assert [(answer["accepted"], answer["duplicates"]) for answer in answers] == [(1, 0), (0, 1)]
    assert await pool.fetchval("SELECT name FROM events") == "Product Viewed"
    [reject] = await listed(operator)
    assert reject["resent_at"] is not None


async def test_a_reject_happened_when_it_came_in_not_when_it_is_sent_again(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient, pool: Pool
) -> None:
    await refuse(sender, "/v1/batch", {"batch": [{"type": "track", "event": "Product Added"}]})
    [reject] = await listed(operator)
    await pool.execute("UPDATE rejected_events SET received_at = received_at - interval '2 days'")
    mended = {"type": "track", "event": "Product Added", "userId": "ada"}
    assert (await operator.post(f"{ALL}/{reject['id']}/retry", json=mended)).json()["accepted"] == 1
    row = await pool.fetchrow("SELECT received_at - occurred_at > interval '47 hours' AS old, routing FROM events")
    assert row is not None
    assert tuple(row) == (True, {"cart": "event_too_late"})


async def test_a_batch_that_was_refused_as_a_whole_can_be_mended_as_a_whole(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    message = {"type": "track", "userId": "ada", "event": "Product Viewed", "timestamp": "2026-03-08T06:30:00Z"}
    await refuse(sender, "/v1/import", {"batch": message})
    [reject] = await listed(operator)
    assert (reject["door"], reject["field"]) == ("import", "batch")
    answer = await operator.post(f"{ALL}/{reject['id']}/retry", json={"batch": [message, {**message, "event": 7}]})
    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": 1}


async def test_an_unknown_id_a_bad_cursor_and_a_payload_that_is_no_json_are_told(
    sender: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    unknown = await operator.post(f"{ALL}/00000000-0000-0000-0000-000000000000/retry")
    assert (unknown.status_code, unknown.json()["title"]) == (404, "Not Found")
    assert (await operator.get(ALL, params={"cursor": "x"})).json()["field"] == "cursor"
    assert (await sender.post("/v1/track", content=b"{")).status_code == 400
    [reject] = await listed(operator)
    assert "not JSON" in (await operator.post(f"{ALL}/{reject['id']}/retry")).json()["detail"]


async def test_only_keys_that_may_see_and_operate_can_list_and_resend(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url) as anybody:
        assert (await anybody.get(ALL)).status_code == 401
        headers = {"Authorization": f"Bearer {served.write_key}"}
        assert (await anybody.get(ALL, headers=headers)).status_code == 403
        some = f"{ALL}/00000000-0000-0000-0000-000000000000/retry"
        assert (await anybody.post(some, headers=headers)).status_code == 403
