"""``fermata profile erase``: it says what has begun, waits for the worker, and shows the receipt."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

from typer.testing import CliRunner

from cli.profile_commands import app
from fermata.database import Pool
from fermata.erasure import Histories, finish
from tests.people import NOON, enrol

Fermata = Callable[..., "CompletedProcess[str]"]


async def test_without_a_worker_it_says_so_and_run_again_it_shows_the_receipt(pool: Pool, fermata: Fermata) -> None:
    ada = await enrol(pool)
    person = str(ada.profile_id)
    waiting = fermata("profile", "erase", person, "--yes", "--why", "ticket 1", "--by", "compliance", "--within", "0")
    assert waiting.returncode == 1
    assert "nothing reaches them" in waiting.stderr
    assert waiting.stdout == ""
    await pool.execute("UPDATE dispatches SET delivered_at = $1", NOON)
    assert await finish(pool, ada.profile_id, Histories(1), (), NOON) is not None
    done = fermata("profile", "erase", person, "--yes", "--json")
    receipt = json.loads(done.stdout)
    assert (done.returncode, receipt["state"], receipt["by"], receipt["why"]) == (
        0,
        "finished",
        "compliance",
        "ticket 1",
    )
    assert (receipt["runs_ended"], receipt["histories_deleted"]) == (1, 1)


def test_nobody_is_erased_by_a_script_that_does_not_say_so() -> None:
    refused = CliRunner().invoke(app, ["erase", "01a20f57-0000-7000-8000-000000000000"])
    assert refused.exit_code == 2
    assert "say --yes" in refused.output
