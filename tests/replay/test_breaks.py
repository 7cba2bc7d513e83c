"""What is said of a run that breaks: what its history has, what the code does now, at which line, and what to write."""

from pathlib import Path

import pytest

from cli.replay.testing import RecordedRun
from tests.replay.changes.failing import CartRecoveryThatFails
from tests.replay.changes.taken_out import CartRecoveryWithAStepTakenOut
from tests.replay.changes.unpatched import CartRecoveryWithAStepPutIn
from worker.replay.breaks import Break
from worker.replay.recorded import read_history
from worker.replay.replaying import replay_one
from workflows.cart_recovery import CartRecovery
from workflows.discovery import Journeys
from workflows.journey import Journey

_RECORDED = Path(__file__).with_name("histories") / "cart_recovery.reminder_then_discount.json"


async def broken(journey: type[Journey]) -> Break:
    found = await replay_one(read_history(_RECORDED), Journeys({"cart_recovery": journey}))
    assert found is not None
    return found


async def test_a_step_that_was_put_in_is_put_behind_a_patch() -> None:
    found = await broken(CartRecoveryWithAStepPutIn)
    assert (found.kind, found.event_id) == ("put in", 12)
    assert found.now == 'activity tell tell "Update the profile: left_a_cart"'
    assert found.place is not None
    assert found.place.endswith("unpatched.py:21: await self.update_profile(left_a_cart=True)")
    patch = 'if workflow.patched("update-profile-left-a-cart-true"):\n    await self.update_profile(left_a_cart=True)'
    assert patch in found.mend


async def test_a_step_that_was_taken_out_is_kept_for_the_runs_that_know_it() -> None:
    found = await broken(CartRecoveryWithAStepTakenOut)
    assert (found.kind, found.event_id) == ("taken out", 6)
    assert found.was == 'search attributes "wait 1 hour", then timer "Wait 1 hour (hurried: 0 s)"'
    assert 'if not workflow.patched("wait-1-hour' in found.mend


async def test_code_that_raises_is_told_from_code_that_does_something_else() -> None:
    found = await broken(CartRecoveryThatFails)
    assert (found.kind, found.now) == ("fails", "KeyError: 'in_stock'")
    assert found.place is not None
    assert 'viewed.properties["in_stock"]' in found.place
    assert "waits until then" in found.mend


async def test_a_run_of_a_journey_that_is_gone_needs_its_file() -> None:
    found = await replay_one(read_history(_RECORDED), Journeys({"club": CartRecovery}))
    assert found is not None
    assert (found.kind, found.now) == ("unknown journey", "there is no such journey; there are club")


async def test_the_fixture_fails_a_test_with_the_same_words() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        await RecordedRun(_RECORDED).replays(Journeys({"cart_recovery": CartRecoveryWithAStepPutIn}))
    assert str(failed.value) == str(await broken(CartRecoveryWithAStepPutIn))
