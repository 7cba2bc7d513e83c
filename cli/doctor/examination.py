"""One examination: everything is looked at, and what does not answer hides nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime

import asyncpg
from temporalio.service import RPCError

from cli.doctor.deployment import look_at_machine, look_at_providers, look_at_settings
from cli.doctor.finding import Finding, Level, fail
from cli.doctor.postgres import look_at_postgres
from cli.doctor.records import look_at_records
from cli.doctor.temporal import look_at_temporal
from fermata.database import AWAY, open_pool
from fermata.errors import FermataError
from fermata.settings import Settings
from worker.temporal import connect

_PATIENCE = 20.0  # seconds for each side


async def examine(settings: Settings, environment: Mapping[str, str], *, deep: bool) -> AsyncIterator[Finding]:
    """Looks at the machine, the settings, Postgres, what it keeps, the providers, and Temporal.

    Args:
        settings: Of this deployment.
        environment: Where the secrets of its files are.
        deep: Also connect to the providers.
    """
    for finding in (*look_at_machine(), *look_at_settings(settings, environment)):
        yield finding
    for check, side, mend in (
        (
            "postgres",
            lambda: _postgres(settings, environment, deep=deep),
            "is it running, and is FERMATA_DATABASE_URL right?",
        ),
        ("temporal", lambda: _temporal(settings), "is it running, and are the TEMPORAL_… variables right?"),
    ):
        async for finding in _patiently(check, side, mend):
            yield finding


async def _patiently(check: str, side: Callable[[], AsyncIterator[Finding]], mend: str) -> AsyncIterator[Finding]:
    try:
        async with asyncio.timeout(_PATIENCE):
            async for finding in side():
                yield finding
    except TimeoutError:
        yield fail(check, f"no answer within {_PATIENCE:.0f} s", mend)
    except (FermataError, RPCError, asyncpg.PostgresError, *AWAY) as error:
        yield fail(check, str(error), mend)


async def _postgres(settings: Settings, environment: Mapping[str, str], *, deep: bool) -> AsyncIterator[Finding]:
    async with open_pool(settings.database_url, most=2) as pool:
        at_this_release = True
        async for finding in look_at_postgres(pool, settings):
            at_this_release &= not (
                finding.check in ("postgres schema", "postgres role") and finding.level is Level.FAIL
            )
            yield finding
        if at_this_release:
            async for finding in look_at_records(pool, settings, datetime.now(UTC)):
                yield finding
        for finding in await look_at_providers(pool, settings, environment, deep=deep):
            yield finding


async def _temporal(settings: Settings) -> AsyncIterator[Finding]:
    async for finding in look_at_temporal(await connect(), settings):
        yield finding
