"""Ad platforms that hold audiences, and who tells them."""

from collections.abc import AsyncIterator

import pytest

from fermata.channels.ads_reconciling import Reconciler, ad_platforms
from fermata.database import Pool
from tests.ad_platforms import AdPlatforms


@pytest.fixture
async def platforms() -> AsyncIterator[AdPlatforms]:
    """Meta and Google, empty."""
    async with AdPlatforms() as served:
        yield served


@pytest.fixture
async def reconciler(pool: Pool, platforms: AdPlatforms) -> AsyncIterator[Reconciler]:
    """Tells them."""
    declared = platforms.declared()
    connected = ad_platforms(declared)
    yield Reconciler(pool, declared, connected)
    for platform in connected.values():
        await platform.aclose()
