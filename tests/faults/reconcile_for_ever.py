"""A process that does nothing but tell ad platforms, to be killed: ``python -m tests.faults.reconcile_for_ever …``."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from fermata.audiences.declared import Audience, Audiences, Platform
from fermata.database import open_pool
from tests.ad_platforms import TOKEN
from worker.reconciler import reconciling


async def main(database_url: str, meta_url: str, hours: int) -> None:
    """Tells the audience ``shoes`` at Meta, by a clock so many hours ahead that the leases of the dead are over."""
    declared = Audiences(
        {"shoes": Audience("shoes", "meta", "1001")}, {"meta": Platform("meta", "meta", meta_url, SecretStr(TOKEN))}
    )
    async with open_pool(database_url, most=4) as pool, reconciling(pool, declared) as reconciler:
        while await reconciler.reconcile(lambda: datetime.now(UTC) + timedelta(hours=hours)):
            pass


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
