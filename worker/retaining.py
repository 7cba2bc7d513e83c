"""Removes what has had its time, an hour after an hour, as long as the worker runs. Several take turns."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import structlog

from fermata.database import AWAY, Pool
from fermata.retention import Keep, remove_old
from fermata.settings import Settings

_log = structlog.get_logger("fermata.retaining")

_BETWEEN = timedelta(hours=1)


def kept_by(settings: Settings) -> Keep:
    """What a deployment keeps, and for how long.

    Args:
        settings: Of the deployment.
    """
    return Keep(
        events=settings.keep_events,
        decisions=settings.keep_decisions,
        dispatches=settings.keep_dispatches,
        rejected=settings.keep_rejected,
    )


async def keep_retaining(pool: Pool, keep: Keep, *, between: timedelta = _BETWEEN) -> NoReturn:
    """Removes for ever what goes, and makes the months of events that come; outlives any outage.

    Args:
        pool: Connections to the database.
        keep: How long each kind is kept.
        between: How long it waits before it looks again.
    """
    while True:
        await asyncio.sleep(between.total_seconds())
        try:
            removed = await remove_old(pool, keep, datetime.now(UTC))
        except AWAY as error:
            _log.warning("postgres is away; trying again", error=str(error))
        else:
            if removed is not None and removed.total:
                _log.info("removed what has had its time", **removed.model_dump())
