"""Outlets that a test opens, closed at its end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from fermata.channels import Enlisted
from fermata.database import Pool
from tests.integration.sending.outlet import ANY_HOUR, OpenOutlet, Outlet
from tests.policies import under


@pytest.fixture
async def open_outlet(pool: Pool) -> AsyncIterator[OpenOutlet]:
    """Opens a worker's outlet; messages may go at any hour, without a cap."""
    policies = await under(pool, ANY_HOUR)
    async with AsyncExitStack() as stack:

        def opened(*enlisted: Enlisted, **options: Any) -> Outlet:
            outlet = Outlet.of(pool, policies, *enlisted, **options)
            stack.push_async_callback(outlet.carriers.roster.aclose)
            return outlet

        yield opened
