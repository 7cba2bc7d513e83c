"""Runs whose code fails again and again: Temporal tries each by itself, alone; here they become dead letters."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fermata.database import AWAY, Pool
from fermata.ingest.stuck import StuckRun, keep_stuck
from workflows.failing_task import failed_task

_log = structlog.get_logger("fermata.stuck")

EVERY = timedelta(seconds=30)
REPORTED = "TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')"
"""What the server says of itself once a workflow's task has failed five times in a row."""

_MOST = 200
_CALL = timedelta(seconds=5)


async def keep_looking_for_stuck(pool: Pool, client: Client) -> NoReturn:
    """Looks for ever; outlives any outage.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
    """
    while True:
        try:
            await look_for_stuck(pool, client, datetime.now(UTC))
        except (*AWAY, asyncpg.PostgresError, RPCError, RuntimeError) as error:
            _log.warning("runs that fail were not looked for; trying again", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(EVERY.total_seconds())


async def look_for_stuck(pool: Pool, client: Client, now: datetime, *, query: str = REPORTED) -> int:
    """Makes dead letters of runs whose code fails, and ends the letters of those that go on.

    Args:
        pool: Connections to the database.
        client: Of Temporal.
        now: The instant, aware.
        query: A list filter that finds them among all that run.

    Returns:
        How many fail.

    Raises:
        RPCError: Temporal does not answer.
    """
    running = f"{query} AND ExecutionStatus = 'Running' AND FermataJourney IS NOT NULL"
    stuck: list[StuckRun] = []
    listed = 0
    async for each in client.list_workflows(running, limit=_MOST, rpc_timeout=_CALL):
        listed += 1
        try:
            task = await failed_task(client, each.id, each.run_id)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # over since it was listed
                raise
            continue
        if task is not None:
            stuck.append(StuckRun(each.id, task.first_run_id, f"its code fails: {task.reason}", task.attempts))
    await keep_stuck(pool, stuck, now, all_known=listed < _MOST)
    return len(stuck)
