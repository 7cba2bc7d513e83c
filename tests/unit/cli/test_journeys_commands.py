"""``fermata journeys`` tells what each journey does from its own definition, also while no server is there."""

import json

import pytest
from typer.testing import CliRunner

from cli.journeys_commands import app
from tests.pages import ROOT, blocks


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Calls the commands where the journeys of the tests are, and no database."""
    monkeypatch.setenv("FERMATA_JOURNEYS", "workflows.cart_recovery,tests.journeys")
    monkeypatch.setenv("FERMATA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    return CliRunner()


def test_a_journey_is_told_by_what_starts_and_ends_it_and_what_it_says(runner: CliRunner) -> None:
    shown = runner.invoke(app, ["show", "cart_recovery"])
    assert shown.exit_code == 0, shown.output
    lines = [" ".join(line.split()) for line in shown.output.splitlines()]
    for line in (
        "Cart recovery: bring back someone who left a cart behind.",
        "begins with Product Added",
        "again 7 days after the last run has ended",
        "goal Order Completed",
        "holdout 10.0% are enrolled and never reached",
        "cart_reminder push, then email; marketing, priority 60, stale after 2 days",
    ):
        assert line in lines
    assert "Postgres does not answer" in shown.output


def test_a_journey_with_a_condition_and_no_holdout_says_so(runner: CliRunner) -> None:
    shown = json.loads(runner.invoke(app, ["show", "mistaken", "--json"]).output)
    assert (shown["entry"], shown["transactional"], shown["runs"]) == ("did added_to_cart at least 2 times", True, None)
    assert [message["key"] for message in shown["messages"]] == ["never_written"]


def test_a_map_is_drawn_without_a_server_as_its_page_shows(runner: CliRunner) -> None:
    (shown,) = (block.text for block in blocks(ROOT / "docs" / "map.md", "console"))
    drawn = runner.invoke(app, ["map", "cart_recovery"])
    assert f"$ fermata journeys map cart_recovery\n{drawn.stdout}" == shown
    assert json.loads(runner.invoke(app, ["map", "cart_recovery", "--format", "json"]).stdout)["counts"] is None
    assert runner.invoke(app, ["map", "cart_recovery", "--format", "svg"]).stdout.startswith("<svg ")


def test_a_map_that_cannot_be_drawn_or_counted_says_why(runner: CliRunner) -> None:
    assert "there are: " in str(runner.invoke(app, ["map", "nothing"]).exception)
    assert "Postgres does not answer" in str(runner.invoke(app, ["map", "cart_recovery", "--counts"]).exception)
    turned = runner.invoke(app, ["map", "cart_recovery", "--counts", "--since", "P1D", "--until", "P2D"])
    assert (turned.exit_code, "must lie before" in turned.output) == (2, True)
    assert runner.invoke(app, ["map", "cart_recovery", "--since", "yesterday"]).exit_code == 2


def test_the_list_names_every_journey_once(runner: CliRunner) -> None:
    listed = json.loads(runner.invoke(app, ["list", "--json"]).output)["journeys"]
    names = [journey["name"] for journey in listed]
    assert names == sorted(set(names))
    assert {"cart_recovery", "mistaken"} <= set(names)
    assert "cart_recovery" in runner.invoke(app, ["list"]).output
