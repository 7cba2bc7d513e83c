"""The examples in docs/events.md do what the page says."""

import re
from pathlib import Path
from typing import Any

import httpx
import orjson

from fermata.database import Pool

PAGE = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
SENT = re.compile(r'curl "\$FERMATA(/v1/\w+)" -u "\$KEY:" -d \'(.*?)\'\n```', re.DOTALL)
ANSWERED = re.compile(r"```json\n(.*?)\n```", re.DOTALL)


async def test_every_example_is_answered_as_the_page_says(sender: httpx.AsyncClient, pool: Pool) -> None:
    examples = SENT.findall(PAGE)
    assert [path for path, _ in examples] == ["/v1/track", "/v1/identify", "/v1/batch"]
    answers: list[dict[str, Any]] = []
    for path, body in examples:
        answer = await sender.post(path, content=body)
        assert answer.status_code == 200
        answers.append(answer.json())
    bad_zone = {"userId": "ada", "traits": {"timezone": "Mars/Olympus"}}
    refused = (await sender.post("/v1/identify", json=bad_zone)).json()
    tracked, _, batched = answers
    assert [orjson.loads(answer) for answer in ANSWERED.findall(PAGE)] == [tracked, batched, refused]
    ada = await pool.fetchrow("SELECT * FROM profiles WHERE addresses->>'email' = 'ada@example.com'")
    assert ada is not None
    assert ada["addresses"]["sms"] == "+12125550100"
