"""A run whose person is not there any more ends at the next thing that it asks of them, and fails nobody."""

from datetime import timedelta

import pytest

from fermata.database import new_id
from fermata.vocabulary import Reason
from tests.acceptance.world import World


@pytest.fixture
def cached_runs() -> int:
    """Recorded histories are replayed without a cache."""
    return 1000


@pytest.mark.parametrize("journey", ["cart_recovery", "asking"], ids=["a decision", "a question"])
async def test_a_run_of_somebody_who_is_gone_ends_as_erased(world: World, journey: str) -> None:
    ada = await world.enrol(journey)
    gone = ada.entry.model_copy(update={"profile_id": new_id(), "run_id": new_id()})
    run = await world.start(ada, entry=gone)
    await world.let_pass(run, timedelta(hours=2))
    outcome = await world.outcome(run)
    assert (outcome.state, outcome.reason) == ("exited", Reason.PROFILE_ERASED)
    assert await world.decisions() == []
