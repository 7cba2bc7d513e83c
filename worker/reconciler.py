"""Keeps the audiences of ad platforms at what is wanted of them, for as long as the worker runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import structlog

from fermata.audiences.declared import Audiences
from fermata.channels.ads_reconciling import Reconciler, ad_platforms
from fermata.database import AWAY, Pool

_log = structlog.get_logger("fermata.audiences")

_GATHER = timedelta(seconds=2)  # what comes meanwhile goes in one request; no platform shows an ad any sooner


@asynccontextmanager
async def reconciling(pool: Pool, audiences: Audiences) -> AsyncIterator[Reconciler]:
    """Who tells the platforms of a deployment, connected until the block is left.

    Args:
        pool: Connections to the database.
        audiences: Of the deployment; without any there is nothing to tell.
    """
    async with AsyncExitStack() as stack:
        platforms = ad_platforms(audiences)
        for platform in platforms.values():
            stack.push_async_callback(platform.aclose)
        yield Reconciler(pool, audiences, platforms)


async def keep_audiences(reconciler: Reconciler) -> NoReturn:
    """Tells platforms for ever what they have to hear of; outlives any outage.

    Args:
        reconciler: Who tells them.
    """
    while True:
        try:
            while await reconciler.reconcile(lambda: datetime.now(UTC)):
                pass
        except AWAY as error:
            _log.warning("postgres is away; trying again", error=str(error))
        await asyncio.sleep(_GATHER.total_seconds())
