"""A door for feedback on this test's own database, and somebody with a message that went out."""

import pytest

from fermata.database import Pool
from fermata.feedback import FeedbackDoor
from fermata.ingest import Ingest
from tests.integration.feedback.sent import REGISTRY, somebody
from tests.people import Enrolled


@pytest.fixture
async def door(pool: Pool) -> FeedbackDoor:
    """The way in for feedback."""
    return FeedbackDoor(pool, Ingest(pool, REGISTRY))


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody with an active run of cart_recovery, who is told of everything."""
    return await somebody(pool)
