"""``fermata record`` and ``fermata replay`` on a command line: runs of a server become tests, with nobody in them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.replay.command import replay
from cli.replay.record_command import record
from tests.replay.in_flight import FIRST_WAIT, Fleet

Fermata = Callable[..., Awaitable[Result]]


@pytest.fixture
def fermata(monkeypatch: pytest.MonkeyPatch, temporal_address: str, database_url: str) -> Fermata:
    """Runs one of the two commands in a thread, as a pipe would see it."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    monkeypatch.setenv("FERMATA_DATABASE_URL", database_url)
    monkeypatch.setenv("FERMATA_JOURNEYS", "workflows.cart_recovery")
    app = typer.Typer()
    app.command()(replay)
    app.command()(record)

    async def run(*arguments: str | Path) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [str(each) for each in arguments])

    return run


async def test_runs_of_a_server_are_recorded_each_way_once_and_any_by_the_ledgers_id(
    fleet: Fleet, fermata: Fermata, tmp_path: Path
) -> None:
    folder = tmp_path / "histories"
    async with fleet.worked_by():
        await fleet.begin(3)
        assert await fleet.stand_at(FIRST_WAIT, 3)
    by_query = await fermata("record", "--query", f"TaskQueue = '{fleet.queue}'", "--to", folder)
    assert by_query.exit_code == 0, by_query.output
    assert "cart_recovery.in_wait_1_hour.json" in by_query.stdout
    assert "replaced" in by_query.stdout
    assert "2 runs went ways that are recorded already." in by_query.stdout
    by_id = await fermata("record", str(fleet.people[1].run_id), "--name", "chosen", "--to", folder, "--json")
    (recorded,) = json.loads(by_id.stdout)["runs"]
    assert (recorded["result"], recorded["file"]) == ("recorded", str(folder / "cart_recovery.chosen.json"))
    replayed = await fermata("replay", tmp_path)
    assert replayed.exit_code == 0, replayed.output
    assert "2 runs replay on the code here" in replayed.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("record",), "give RUNs, or --journey and --query, or --fingerprints"),
        (("record", "a", "b", "--name", "c"), "--name is for one RUN"),
        (("replay", "a", "--server"), "give paths of recorded runs, or --server"),
        (("replay", "--query", "FermataState = 'held'"), "--query is for the runs of a --server"),
        (("replay", "--server", "--since", "yesterday"), "--since: 'yesterday' is neither a duration"),
    ],
)
async def test_what_cannot_be_meant_is_wrong_usage(arguments: tuple[str, ...], says: str, fermata: Fermata) -> None:
    wrong = await fermata(*arguments)
    assert wrong.exit_code == 2
    assert says in " ".join(wrong.output.replace("│", " ").split())
