"""The door under fire: whatever comes in is answered in words and in time, and only who may is let in.

``FERMATA_FUZZ=100000`` sends so many requests; without it few are. ``FERMATA_SEED`` draws others.
"""

import asyncio
import logging
import os
import random
import sys
from collections import Counter
from time import perf_counter

import httpx
import pytest

from fermata.access import Scope, create_key
from fermata.database import Pool
from tests.integration.api.hostile_requests import Hostile, hostile
from tests.integration.api.served import Served

NUMBER = int(os.environ.get("FERMATA_FUZZ", "400"))
SEED = int(os.environ.get("FERMATA_SEED", "1"))
AT_ONCE = 8
LONGEST = 30.0  # seconds; much more than any takes, and much less than a hang
ANSWERS = {200, 400, 401, 413, 415}


@pytest.mark.timeout(180 + NUMBER / 10)
async def test_no_body_breaks_the_door_nor_opens_it(
    served: Served, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    async with pool.acquire() as connection:
        other = await create_key(connection, "operator", [Scope.READ, Scope.WRITE, Scope.OPERATE])
    chance, codes, wrong = random.Random(SEED), Counter[int](), []  # noqa: S311 - chance from a seed
    accepted, slowest, begun = 0, 0.0, perf_counter()

    async def sender(client: httpx.AsyncClient, number: int) -> None:
        nonlocal accepted, slowest
        for _ in range(number):
            request = hostile(chance, served.write_key, other)
            since = perf_counter()
            answer = await send(client, request)
            slowest = max(slowest, perf_counter() - since)
            codes[answer.status_code] += 1
            accepted += answer.json().get("accepted", 0) if answer.status_code == 200 else 0
            if (problem := fault(request, answer)) is not None:
                wrong.append(f"{problem}: {request!r:.600} -> {answer.status_code} {answer.text:.300}")

    with caplog.at_level(logging.ERROR):
        async with httpx.AsyncClient(base_url=served.url, timeout=LONGEST) as client:
            await asyncio.gather(*(sender(client, NUMBER // AT_ONCE) for _ in range(AT_ONCE)))
            ready = await client.get("/readyz")
    took = perf_counter() - begun
    told = f"{NUMBER:,} requests in {took:.0f} s, the slowest {slowest * 1000:.0f} ms: {dict(sorted(codes.items()))}"
    sys.stdout.write(f"{told}, {accepted:,} events accepted\n")
    assert wrong == []
    assert [record.getMessage() for record in caplog.records] == []  # a traceback would stand here
    assert codes[200] > NUMBER / 8
    assert codes[401] > NUMBER / 8
    assert ready.status_code == 200
    assert await pool.fetchval("SELECT count(*) FROM events") == accepted


async def send(client: httpx.AsyncClient, request: Hostile) -> httpx.Response:
    """Sends it; a hang is an error."""
    return await client.post(f"/v1/{request.door}", content=request.body, headers=request.headers)


def fault(request: Hostile, answer: httpx.Response) -> str | None:
    """What is wrong with an answer."""
    if answer.status_code not in ANSWERS:
        return "an answer that is none of those documented"
    if request.entitled is False and answer.status_code == 200:
        return "let in without a key"
    if request.entitled and answer.status_code == 401:
        return "kept out with a key"
    if "Traceback" in answer.text or not isinstance(answer.json(), dict):
        return "not told in words"
    return None
