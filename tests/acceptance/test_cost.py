"""What the reference cart journey costs on the server: activities and history events, counted on a plain dev server."""

import pytest
from temporalio.api.enums.v1 import EventType

from tests.acceptance.world import World


@pytest.fixture
def cached_runs() -> int:
    """Once is enough: the history does not depend on the worker's cache."""
    return 1000


@pytest.fixture
def policy() -> str:
    """Everything is allowed, so that nothing is held."""
    return "version = 1\n"


async def test_wait_email_delay_email_delay_sms_costs_at_most_7_activities_and_76_events(world: World) -> None:
    ada = await world.enrol("reference_cart")
    run = await world.start(ada, pace=3600 * 24 * 10.0)
    assert (await world.outcome(run)).state == "completed"
    kinds = [event.event_type async for event in run.fetch_history_events()]
    assert len(world.smtp.messages) == 2
    assert len(world.provider.messages) == 1
    assert kinds.count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) <= 7
    assert len(kinds) <= 76
