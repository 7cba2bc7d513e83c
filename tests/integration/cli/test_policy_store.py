"""``fermata policy show``, ``activate`` and ``history``, called as they are on a command line."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cli.stack.postgres import Postgres
from fermata.policy import parse_policy

Fermata = Callable[..., "CompletedProcess[str]"]
OPEN = "version = 1  # everything goes\n"
CLOSED = 'version = 1\n[channels.email]\nwindow = "never"\n'


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two policies in files."""
    for name, text in (("open.toml", OPEN), ("closed.toml", CLOSED)):
        (tmp_path / name).write_text(text)
    return str(tmp_path / "open.toml"), str(tmp_path / "closed.toml")


def test_a_policy_is_put_in_force_shown_and_remembered(fermata: Fermata, files: tuple[str, str]) -> None:
    opened, closed = files
    first = fermata("policy", "activate", opened, "--author", "ada", "--note", "a [red]beginning[/red]")
    assert (first.returncode, first.stderr) == (0, "")
    second = fermata("policy", "activate", closed, "--author", "bob")
    assert "is in force: the next decision of every worker obeys it" in second.stdout
    assert f"Before it was {parse_policy(OPEN).version[:19]}" in second.stdout
    shown = fermata("policy", "show")
    assert shown.stdout == CLOSED
    assert "in force since" in shown.stderr
    earlier = fermata("policy", "show", parse_policy(OPEN).version[7:15])
    assert earlier.stdout == OPEN
    assert "not in force" in earlier.stderr
    lines = fermata("policy", "history").stdout.splitlines()
    assert [line.split()[4] for line in lines[1:]] == ["bob", "ada"]
    assert "a [red]beginning[/red]" in lines[2]


def test_what_is_in_force_already_is_left_alone(fermata: Fermata, files: tuple[str, str]) -> None:
    for _ in range(2):
        answer = fermata("policy", "activate", files[0], "--author", "ada")
    assert "in force already" in answer.stdout
    assert len(json.loads(fermata("policy", "history", "--json").stdout)["activations"]) == 1


def test_json_has_the_document_and_by_whom_it_holds(fermata: Fermata, files: tuple[str, str]) -> None:
    fermata("policy", "activate", files[0], "--author", "ada", "--note", "why not")
    shown = json.loads(fermata("policy", "show", "--json").stdout)
    assert (shown["version"], shown["document"]) == (parse_policy(OPEN).version, OPEN)
    assert (shown["in_force"]["author"], shown["in_force"]["note"]) == ("ada", "why not")


def test_a_faulty_file_is_refused_with_its_places_and_nothing_changes(fermata: Fermata, tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    file.write_text('version = 1\n[channels.email]\nwindow = "dawn"\n')
    answer = fermata("policy", "activate", str(file), "--author", "ada")
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"fermata: {file}: line 3, [channels.email], window = 'dawn'")
    assert fermata("policy", "show").returncode == 1


@pytest.mark.parametrize("command", [("show",), ("history",)])
def test_without_a_policy_the_mend_is_told(fermata: Fermata, command: tuple[str, ...]) -> None:
    answer = fermata("policy", *command)
    assert answer.returncode == 1
    assert answer.stderr.startswith("fermata: no policy is in force yet; run `fermata setup`")
    assert answer.stderr.count("\n") == 1


def test_nobody_changes_the_policy_unnamed(fermata: Fermata, files: tuple[str, str]) -> None:
    assert fermata("policy", "activate", files[0]).returncode == 2
    unnamed = fermata("policy", "activate", files[0], "--author", "")
    assert unnamed.returncode == 1
    assert "names nobody" in unnamed.stderr


async def test_a_database_without_the_schema_is_told_so(fermata: Fermata, postgres: Postgres) -> None:
    bare = await postgres.create_database("bare")
    answer = fermata("policy", "show", FERMATA_DATABASE_URL=bare)
    assert answer.returncode == 1
    assert answer.stderr == "fermata: the database lacks the schema of this version: run `fermata migrate`\n"


@pytest.mark.parametrize("command", ["check", "decide", "show", "activate", "history", "backtest", "schema"])
def test_every_command_has_help_with_an_example(fermata: Fermata, command: str) -> None:
    answer = fermata("policy", command, "--help")
    assert answer.returncode == 0
    assert f"Example: fermata policy {command}" in answer.stdout
