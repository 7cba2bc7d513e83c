"""``fermata runs`` as it is called on a command line: one run or many, and what fails does not stop the rest."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from cli.stack.waiting import until
from tests.acceptance.world import World
from tests.integration.runs.underway import LIMIT, Underway


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    status: int
    said: str
    complained: str


Fermata = Callable[..., Awaitable[Ended]]


@pytest.fixture
def fermata(database_url: str, temporal_address: str) -> Fermata:
    """Runs ``fermata`` in a pipe, with nobody to ask, while the workers of this process go on."""
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal_address}

    async def run(*arguments: str) -> Ended:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", *arguments, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        said, complained = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        return Ended(process.returncode, said.decode(), complained.decode())

    return run


async def test_many_runs_are_held_by_a_query_and_what_fails_does_not_stop_the_rest(
    world: World, fermata: Fermata
) -> None:
    runs = [await Underway.begin(world) for _ in range(3)]
    mine = f"FermataProfile IN ({', '.join(repr(str(run.profile_id)) for run in runs)})"

    async def visible() -> bool:
        found = await world.skipper.client.count_workflows(f"{mine} AND FermataState = 'waiting'")
        return found.count == len(runs)

    assert await until(visible, limit=LIMIT)
    unasked = await fermata("runs", "pause", "--query", mine)
    assert (unasked.status, unasked.said.strip()) == (1, "")
    assert "Pause 3 runs? [y/N]" in unasked.complained
    assert await runs[0].actions() == []
    await runs[0].handle.terminate("behind our back")
    paused = await fermata("runs", "pause", *(str(run.id) for run in runs), "--by", "grace", "--why", "prices")
    assert paused.status == 1
    assert paused.complained.startswith(f"{runs[0].id}: the run is not in Temporal")
    assert f"{runs[1].id}: Paused by grace: prices\n" in paused.said
    assert paused.said.endswith("Paused 2 of 3 runs.\n")
    assert [await run.actions() for run in runs] == [
        [("pause", "grace", "prices", "not_in_temporal")],
        [("pause", "grace", "prices", "done")],
        [("pause", "grace", "prices", "done")],
    ]
    resumed = await fermata("runs", "resume", "--query", mine, "--by", "grace", "--yes", "--json")
    assert resumed.status == 0, resumed.complained
    document = json.loads(resumed.said)
    assert (document["operation"], document["by"]) == ("resume", "grace")
    assert {(run["run_id"], run["result"]) for run in document["runs"]} == {(str(run.id), "done") for run in runs[1:]}


async def test_a_run_is_shown_as_it_stands_with_what_was_done_to_it(underway: Underway, fermata: Fermata) -> None:
    paused = await fermata("runs", "pause", str(underway.id), "--by", "grace", "--why", "prices")
    assert (paused.status, paused.said) == (0, f"{underway.id}: Paused by grace: prices\n")
    shown = await fermata("runs", "show", str(underway.id))
    assert shown.said.startswith("cart_recovery: Paused by grace: prices\n")
    assert f"cart_recovery/{underway.profile_id}" in shown.said
    assert "pause  grace: prices" in shown.said
    listed = await fermata("runs", "list", "--journey", "cart_recovery", "--state", "active")
    assert listed.said.splitlines()[1].split()[:2] == [str(underway.id), "cart_recovery"]


async def test_what_cannot_be_understood_is_told_with_the_mend(fermata: Fermata) -> None:
    nonsense, neither = await asyncio.gather(
        fermata("runs", "exit", "--query", "nonsense ~ 1", "--yes"), fermata("runs", "exit")
    )
    assert (nonsense.status, nonsense.said) == (1, "")
    assert nonsense.complained.startswith("fermata: 'nonsense ~ 1' is no list filter: ")
    assert (neither.status, "give the ids of runs, or --query" in neither.complained) == (2, True)
