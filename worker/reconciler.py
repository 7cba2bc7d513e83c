"""Keeps the audiences of ad platforms at what is wanted of them, for as long as the worker runs."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import structlog

from fermata.channels.ads_reconciling import Reconciler
from fermata.database import AWAY

_log = structlog.get_logger("fermata.audiences")

_GATHER = timedelta(seconds=2)  # what comes meanwhile goes in one request; no platform shows an ad any sooner


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
