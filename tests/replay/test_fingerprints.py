"""Fingerprints: what breaks runs in flight is told from what does not, on ways that nobody has gone yet too."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow

from fermata.journeys import Outcome
from tests.replay.changes.patched import CartRecoveryWithAPatch
from tests.replay.changes.unpatched import CartRecoveryWithAStepPutIn
from worker.replay.fingerprints import Difference, difference_of, write_fingerprints
from workflows.cart_recovery import DISCOUNT, REMINDER, CartRecovery
from workflows.discovery import Journeys
from workflows.journey import Entry, Journey

_FOLDER = Path(__file__).parent


def difference(journey: type[Journey], folder: Path = _FOLDER) -> Difference | None:
    return difference_of(folder, "cart_recovery", journey)


class OtherTimes(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=3))  # three, for once
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=2)):
                await self.send(DISCOUNT)
        return self.outcome


class OtherBranch(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            await self.send(REMINDER)
            if not await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome


class AnotherPatchInside(Journey):
    definition = CartRecovery.definition

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.sleep(timedelta(hours=1))
            if workflow.patched("update-profile"):
                await self.update_profile(left_a_cart=True)
                await self.sleep(timedelta(hours=1))
            await self.send(REMINDER)
            if await self.wait_for("Product Viewed", within=timedelta(days=1)):
                await self.send(DISCOUNT)
        return self.outcome


def lasting(days: int) -> type[Journey]:
    class Lasting(CartRecovery):
        definition = CartRecovery.definition.model_copy(update={"at_most": timedelta(days=days)})

    return Lasting


def test_a_step_put_in_without_a_patch_is_named_with_what_to_write() -> None:
    found = difference(CartRecoveryWithAStepPutIn)
    assert found is not None
    assert found.kind == "breaks"
    assert "+        update_profile" in found.changed
    assert 'if workflow.patched("update-profile"):' in str(found)
    assert "fermata record --fingerprints" in str(found)


def test_the_same_step_behind_a_patch_is_safe_for_runs_in_flight_and_asks_to_be_written_down() -> None:
    found = difference(CartRecoveryWithAPatch)
    assert found is not None
    assert found.kind == "safe"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda: OtherTimes, None),
        (lambda: lasting(15), "safe"),
        (lambda: lasting(13), "breaks"),
        (lambda: OtherBranch, "breaks"),
    ],
    ids=["other times", "lasting longer", "lasting shorter", "a branch that is taken the other way"],
)
def test_what_a_run_in_flight_does_not_see_is_free_to_change(
    change: Callable[[], type[Journey]], says: str | None
) -> None:
    found = difference(change())
    assert (found and found.kind) == says


def test_a_patch_that_runs_know_already_protects_nothing_more(tmp_path: Path) -> None:
    shutil.copytree(_FOLDER / "fingerprints", tmp_path / "fingerprints")
    written, refused = write_fingerprints(tmp_path, Journeys({"cart_recovery": CartRecoveryWithAPatch}))
    assert ([path.name for path in written], refused) == (["cart_recovery.txt"], [])
    assert difference(CartRecoveryWithAPatch, tmp_path) is None
    found = difference(AnotherPatchInside, tmp_path)
    assert found is not None
    assert found.kind == "breaks"
    without = difference(CartRecovery, tmp_path)
    assert without is not None
    assert 'workflow.deprecate_patch("update-profile")' in without.mend


def test_a_fingerprint_that_breaks_runs_is_written_only_on_demand(tmp_path: Path) -> None:
    shutil.copytree(_FOLDER / "fingerprints", tmp_path / "fingerprints")
    changed = Journeys({"cart_recovery": CartRecoveryWithAStepPutIn})
    written, refused = write_fingerprints(tmp_path, changed)
    assert (written, [each.kind for each in refused]) == ([], ["breaks"])
    written, refused = write_fingerprints(tmp_path, changed, anyway=True)
    assert (len(written), refused) == (1, [])
    assert difference(CartRecoveryWithAStepPutIn, tmp_path) is None


def test_a_draft_that_has_no_recorded_run_needs_no_fingerprint_and_may_have_one(tmp_path: Path) -> None:
    drafted = Journeys({"club": CartRecovery})
    assert difference_of(tmp_path, "club", CartRecovery) is None
    recorded = tmp_path / "histories" / "club.to_the_end.json"
    recorded.parent.mkdir()
    recorded.touch()
    found = difference_of(tmp_path, "club", CartRecovery)
    assert found is not None
    assert (found.kind, found.mend) == ("new", "Write it: fermata record --fingerprints")
    written, _ = write_fingerprints(tmp_path, drafted)
    assert [path.name for path in written] == ["club.txt"]
    assert difference_of(tmp_path, "club", CartRecovery) is None
