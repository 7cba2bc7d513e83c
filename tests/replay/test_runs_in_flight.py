"""A change under runs in flight: without a patch it is found before it is deployed, with one they all end."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from uuid import UUID

import pytest

from cli.replay.testing import RecordedRun
from fermata.database import Pool
from tests.people import Enrolled
from tests.replay.changes.patched import CartRecoveryWithAPatch
from tests.replay.changes.unpatched import CartRecoveryWithAStepPutIn
from tests.replay.in_flight import FIRST_WAIT, SECOND_WAIT, SHIPPED, Fleet
from worker.replay.replaying import replay as replay_all
from worker.replay.replaying import replay_one
from worker.replay.sampling import Wanted, fetch, sample
from workflows.discovery import Journeys
from workflows.journey import Journey

RUNS = int(os.environ.get("FERMATA_RUNS_IN_FLIGHT", "60"))
"""How many; 500 take a minute."""

_RECORDED = Path(__file__).with_name("histories") / "cart_recovery.reminder_then_discount.json"


async def replay(fleet: Fleet, code: str) -> tuple[int, str]:
    """``fermata replay --server`` with the code of a module, on the runs of a fleet."""
    environment = {
        **os.environ,
        "FERMATA_JOURNEYS": code,
        "TEMPORAL_ADDRESS": fleet.client.service_client.config.target_host,
        "COLUMNS": "200",
    }
    arguments = ("-m", "cli", "replay", "--server", "--query", f"TaskQueue = '{fleet.queue}'")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stdout=PIPE, stderr=PIPE
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, f"{said.decode()}{complained.decode()}"


async def test_a_step_put_in_without_a_patch_is_found_in_recorded_runs_and_in_those_of_a_server(fleet: Fleet) -> None:
    async with fleet.worked_by():
        await fleet.begin(4)
        assert await fleet.stand_at(FIRST_WAIT, 4)
        await fleet.skip(fleet.people[:3])
        assert await fleet.stand_at(SECOND_WAIT, 3)
    with pytest.raises(pytest.fail.Exception) as recorded:
        await RecordedRun(_RECORDED).replays(Journeys({"cart_recovery": CartRecoveryWithAStepPutIn}))
    status, said = await replay(fleet, "tests.replay.changes.unpatched")
    assert status == 1
    assert "cart_recovery: 3 of 4 runs break on the code here" in said  # the fourth has not come so far
    for told in (str(recorded.value), said):
        assert "cart_recovery: a run breaks on the code here: cart_recovery" in told
        assert 'the history has  activity decide cart_reminder:decide "May cart_reminder go?' in told
        assert 'the code does    activity tell tell "Update the profile: left_a_cart"' in told
        assert "unpatched.py:21: await self.update_profile(left_a_cart=True)" in told
        assert 'if workflow.patched("update-profile-left-a-cart-true"):\n' in told
    assert "event 12" in str(recorded.value)


async def test_with_a_patch_around_it_every_run_in_flight_ends_as_it_should(fleet: Fleet) -> None:
    async with fleet.worked_by():
        await fleet.begin(RUNS)
        assert await fleet.stand_at(FIRST_WAIT, RUNS)
        looking, buying, bought, late = (fleet.people[number::4] for number in range(4))
        await fleet.skip(looking + buying)
        assert await fleet.stand_at(SECOND_WAIT, len(looking + buying))
    assert await _survive(fleet, CartRecoveryWithAPatch)
    async with fleet.worked_by(CartRecoveryWithAPatch):
        await fleet.skip(late)
        assert await fleet.stand_at(SECOND_WAIT, len(looking + buying + late))
        await fleet.tell(looking, "Product Viewed")
        await fleet.tell(buying + bought + late, "Order Completed")
        assert await fleet.all_end()
    without = await replay_one(await fleet.history(late[0]), SHIPPED)
    assert without is not None
    assert (without.kind, without.was) == ("patch gone", "patch update-profile")
    assert await _ends(fleet.pool) == {
        **dict.fromkeys(_ids(looking), ("completed", 2, False)),
        **dict.fromkeys(_ids(buying), ("converted", 1, False)),
        **dict.fromkeys(_ids(bought), ("converted", 0, False)),
        **dict.fromkeys(_ids(late), ("converted", 1, True)),  # they alone came to the new step
    }


async def _survive(fleet: Fleet, journey: type[Journey]) -> bool:
    """Whether a few runs from each place replay on other code, the oldest of all among them."""
    chosen = await sample(fleet.client, Wanted(None, query=f"TaskQueue = '{fleet.queue}'"))
    assert (chosen.seen, chosen.ways, len(chosen.runs)) == (RUNS, 2, 10)
    started = [run.start_time async for run in fleet.client.list_workflows(f"TaskQueue = '{fleet.queue}'")]
    assert min(started) == min(run.start_time for run in chosen.runs)
    code = Journeys({"cart_recovery": journey})
    return all([each.broken is None async for each in replay_all(fetch(fleet.client, chosen.runs), code)])


def _ids(people: list[Enrolled]) -> list[UUID]:
    return [person.profile_id for person in people]


async def _ends(pool: Pool) -> dict[UUID, tuple[str, int, bool]]:
    """How each run ended, how many messages it sent, and whether it took the new step."""
    rows = await pool.fetch(
        "SELECT p.id, r.state, p.traits ? 'left_a_cart',"
        " (SELECT count(*) FROM reservations s JOIN decisions d ON d.id = s.decision_id"
        "  WHERE d.run_id = r.id AND s.state = 'sent')"
        " FROM journey_runs r JOIN profiles p ON p.id = r.profile_id"
    )
    return {profile: (state, sent, stepped) for profile, state, stepped, sent in rows}
