"""The API is killed at random moments while a provider tells; what it tells again afterwards comes to the right end."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from cli.stack.ports import free_port
from cli.stack.waiting import until
from fermata.database import Pool
from tests.integration.feedback.sent import sent, somebody
from tests.unit.feedback.provider_signing import SECRETS, sendgrid

_LIMIT = timedelta(seconds=30)
_MESSAGES = 20
_KILLS = 2
_TOLD = ("delivered", "click", "unsubscribe", "spamreport")


async def _api(database_url: str, port: int, webhooks: Path) -> Process:
    environment = {
        **os.environ,
        **SECRETS,
        "FERMATA_DATABASE_URL": database_url,
        "FERMATA_API_PORT": str(port),
        "FERMATA_WEBHOOKS": str(webhooks),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "api", env=environment, stdout=DEVNULL, stderr=DEVNULL
    )

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success
        except httpx.TransportError:
            return False

    assert await until(ready, limit=_LIMIT)
    return process


async def _tell(url: str, events: list[dict[str, object]]) -> bool:
    """Tells as SendGrid does, and says whether it was answered: what was not is told again."""
    signed = sendgrid(events, datetime.now(UTC))
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(url + signed.path, content=signed.body, headers=dict(signed.headers))
    except httpx.TransportError:
        return False
    return answer.is_success


async def test_what_was_not_answered_is_told_again_and_counts_once(
    pool: Pool, database_url: str, tmp_path: Path
) -> None:
    webhooks = tmp_path / "webhooks.toml"
    webhooks.write_text('[feedback.mailer]\nkind = "sendgrid"\nsecrets = ["SENDGRID_KEY"]\n', encoding="utf-8")
    people = [await somebody(pool, f"p{n}", addresses={"email": f"p{n}@example.com"}) for n in range(_MESSAGES)]
    decisions = [await sent(pool, person) for person in people]
    at = int(datetime.now(UTC).timestamp())
    events: list[dict[str, object]] = [
        {"event": kind, "sg_event_id": f"{kind}-{place}", "timestamp": at, "decision_id": str(decision)}
        for place, decision in enumerate(decisions)
        for kind in _TOLD
    ]
    chance = random.Random(6)  # noqa: S311 - a test's own
    chance.shuffle(events)
    waiting = [events[start : start + 10] for start in range(0, len(events), 10)]
    port = free_port()
    killed = 0
    process = await _api(database_url, port, webhooks)
    try:
        while waiting:
            batches = [waiting.pop() for _ in range(min(4, len(waiting)))]
            telling = asyncio.gather(*(_tell(f"http://127.0.0.1:{port}", batch) for batch in batches))
            if killed < _KILLS:
                await asyncio.wait([telling], timeout=chance.uniform(0.0, 0.08))
                process.send_signal(signal.SIGKILL)
                await process.wait()
                killed += 1
                process = await _api(database_url, port, webhooks)
            waiting += [batch for batch, answered in zip(batches, await telling, strict=True) if not answered]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert killed == _KILLS
    assert await pool.fetchval("SELECT count(*) FROM reservations WHERE state = 'complained'") == _MESSAGES
    assert await pool.fetchval("SELECT count(*) FROM suppressions WHERE reason = 'complaint'") == _MESSAGES
    assert await pool.fetchval("SELECT count(*) FROM consent_log WHERE source = 'provider'") == _MESSAGES
    assert await pool.fetchval("SELECT count(*) FROM feedback") == len(events)
    rows = await pool.fetch("SELECT name, count(*) FROM events WHERE name <> 'Product Added' GROUP BY name")
    assert {row["name"]: row["count"] for row in rows} == {
        "Email Delivered": _MESSAGES,
        "Email Link Clicked": _MESSAGES,
        "Email Marked as Spam": _MESSAGES,
        "Unsubscribed": _MESSAGES,
    }
