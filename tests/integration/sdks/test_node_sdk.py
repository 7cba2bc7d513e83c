"""Segment's own Node SDK, unchanged but for the host, against the real API: where node and the package are there."""

import asyncio
import json
import shutil
import subprocess
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from fermata.database import Pool
from tests.integration.api.served import Served, serving

_SCRIPT = Path(__file__).with_name("node_calls.cjs")
_PACKAGE = "@segment/analytics-node"


@pytest.fixture(scope="module")
def node() -> str:
    """The path of node, where it is there and finds the package."""
    path = shutil.which("node")
    asked = [path or "", "-e", f"require.resolve('{_PACKAGE}')"]
    if path is None or subprocess.run(asked, capture_output=True, check=False, timeout=30).returncode != 0:
        pytest.skip(f"needs node and {_PACKAGE}: npm install it anywhere, and name its node_modules in NODE_PATH")
    return path


async def problems_of(node: str, served: Served, number: int) -> list[str]:
    """Sends so many calls, waits until the SDK says that all has gone, and returns what it complains of."""
    arguments = (str(_SCRIPT), served.url, served.write_key, str(number))
    process = await asyncio.create_subprocess_exec(node, *arguments, stdout=PIPE, stderr=PIPE)
    said, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, complaints) == (0, b"")
    problems: list[str] = json.loads(said)["problems"]
    return problems


async def test_every_call_of_the_node_sdk_is_understood(pool: Pool, node: str) -> None:
    async with serving(pool) as served:
        assert await problems_of(node, served, 200) == []
    stored = await pool.fetch("SELECT message_id, type FROM events")
    assert {row["message_id"] for row in stored} == {f"node-{n}" for n in range(200)}
    assert {row["type"] for row in stored} == {"track", "identify", "page", "screen", "group", "alias"}
    assert await pool.fetchval("SELECT count(*) FROM rejected_events") == 0
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 20


async def test_the_node_sdk_is_told_that_its_key_is_unknown(pool: Pool, node: str) -> None:
    async with serving(pool) as served:
        problems = await problems_of(node, Served(served.url, "fk_write_unknown", ""), 3)
    assert len(problems) == 3
    assert all("401" in problem for problem in problems)
    assert await pool.fetchval("SELECT count(*) FROM events") == 0
