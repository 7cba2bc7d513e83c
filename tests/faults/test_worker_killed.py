"""SIGKILL of the worker in the middle of its sends: no message lost, none delivered twice, and the ledger agrees."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from tests.people import zone_where_it_is

_PEOPLE = 60
_LIMIT = timedelta(seconds=90)


def _carts_left_behind(now: datetime) -> list[dict[str, Any]]:
    """People for whom it is noon, who take push and SMS messages, each with something in the cart."""
    consent = {channel: {"marketing": "granted"} for channel in ("push", "sms")}
    batch: list[dict[str, Any]] = []
    for number in range(_PEOPLE):
        who = {"userId": f"person-{number}", "timestamp": now.isoformat()}
        traits = {"timezone": zone_where_it_is(12), "consent": consent, "push_token": f"token-{number}"}
        batch.append({"type": "identify", "messageId": uuid4().hex, "traits": traits, **who})
        batch.append({"type": "track", "messageId": uuid4().hex, "event": "Product Added", **who})
    return batch


async def test_no_push_is_lost_or_doubled_when_the_worker_is_killed_in_the_middle_of_sending() -> None:
    hurried = {"FERMATA_PACE": "3600"}
    async with Stack(StackOptions(ui=False, environment=hurried, database_url=None, temporal_address=None)) as stack:
        provider = httpx.AsyncClient(base_url=stack.report.provider)
        api = httpx.AsyncClient(base_url=stack.report.api, auth=(stack.report.write_key or "", ""))
        async with provider, api:

            async def delivered() -> list[dict[str, Any]]:
                return list((await provider.get("/v1/messages")).json()["messages"])

            async def some_delivered() -> bool:
                return len(await delivered()) >= 5

            # Slow enough that the kill finds sends under way: begun, at the provider, not yet settled.
            await provider.put("/v1/delay", json={"seconds": 0.5})
            answer = await api.post("/v1/batch", json={"batch": _carts_left_behind(datetime.now(UTC))})
            assert answer.json()["accepted"] == 2 * _PEOPLE
            assert await until(some_delivered, limit=_LIMIT)
            await stack.kill_worker()
            at_the_kill = len(await delivered())
            await provider.put("/v1/delay", json={"seconds": 0})
            await stack.start_worker()
            ledger = await asyncpg.connect(stack.report.database)
            try:

                async def settled() -> bool:
                    reservations = await ledger.fetchval("SELECT count(*) FROM reservations WHERE state = 'sent'")
                    enrolled = await ledger.fetchval("SELECT count(*) FROM journey_runs WHERE state <> 'holdout'")
                    return bool(reservations == enrolled)

                assert await until(settled, limit=_LIMIT), await ledger.fetch(
                    "SELECT state, count(*) FROM reservations GROUP BY state"
                )
                sent = await ledger.fetch(
                    "SELECT dedupe_key, provider_message_id FROM reservations JOIN decisions d ON d.id = decision_id"
                )
            finally:
                await ledger.close()
            messages = await delivered()
    assert 0 < at_the_kill < len(messages), "the worker was to be killed in the middle"
    assert {(each["key"], each["id"]) for each in messages} == {tuple(row) for row in sent}
    assert {each["delivered"] for each in messages} == {1}
    assert max(each["seen"] for each in messages) <= 2
