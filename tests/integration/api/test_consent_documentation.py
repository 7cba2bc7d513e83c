"""The examples in docs/consent.md do what the page says."""

import json
import re
from pathlib import Path

import httpx
import orjson

from fermata.database import Pool
from tests.integration.api.served import Served

PAGE = (Path(__file__).parents[3] / "docs" / "consent.md").read_text(encoding="utf-8")
SENT = re.compile(r'curl (?:-X (PUT) )?"\$FERMATA(/[^"]+)"[^\n]* -d \'(.*?)\'\n```', re.DOTALL)
REFUSED = re.compile(r"```json\n(.*?)\n```", re.DOTALL)


async def test_every_example_is_answered_as_the_page_says(
    served: Served, sender: httpx.AsyncClient, operator: httpx.AsyncClient, pool: Pool
) -> None:
    examples = SENT.findall(PAGE)
    assert [path for _, path, _ in examples] == [
        "/v1/identify",
        "/api/v1/profiles/$PROFILE/consent",
        "/v1/track",
        "/api/v1/profiles/$PROFILE/preferences",
    ]
    for method, path, body in examples:
        profile = await pool.fetchval("SELECT id FROM profiles")
        client = operator if method else sender
        answer = await client.request(method or "POST", path.replace("$PROFILE", str(profile)), content=body)
        assert answer.status_code == 200, answer.text
    told = (await operator.get(f"/api/v1/profiles/{profile}/consent")).json()
    # The letter is older than the click on the site: the later word stands.
    assert told["consent"] == {"email": {"marketing": "granted"}}
    assert [each["source"] for each in told["statements"]] == ["event", "letter"]
    assert told["statements"][0]["evidence"]["form_url"] == "https://shop.example/join"
    assert (await operator.get(f"/api/v1/profiles/{profile}/preferences")).json() == {
        "profile_id": str(profile),
        **json.loads(examples[-1][2]),
    }
    refused = await operator.put(f"/api/v1/profiles/{profile}/preferences", json={"time_zone": "Mars/Olympus"})
    assert [orjson.loads(example) for example in REFUSED.findall(PAGE)] == [refused.json()]
