"""``fermata``, as a program: its exit statuses, its one-line errors, its way out."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from cli.registry import COMMANDS

Fermata = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fermata(own_environment: dict[str, str]) -> Fermata:
    """Runs ``fermata`` with arguments, and returns what became of it."""

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            **{"capture_output": True, "text": True, "check": False, "env": own_environment, "timeout": 60, **options},
        )

    return run


def test_help_ends_well_every_time(fermata: Fermata) -> None:
    answers = [fermata("--help") for _ in range(3)]
    assert {(answer.returncode, answer.stderr) for answer in answers} == {(0, "")}
    assert all(name in answers[0].stdout for name in COMMANDS)


def test_a_command_that_is_not_there_is_wrong_usage(fermata: Fermata) -> None:
    answer = fermata("sing")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "No such command 'sing'" in answer.stderr


def test_an_option_that_is_not_there_is_wrong_usage(fermata: Fermata) -> None:
    assert fermata("dev", "--loud").returncode == 2


def test_the_help_of_dev_shows_an_example(fermata: Fermata) -> None:
    answer = fermata("dev", "--help")
    assert answer.returncode == 0
    assert "Example: fermata dev" in answer.stdout


@pytest.mark.parametrize("place", [("--debug", "migrate"), ("migrate", "--debug")])
def test_a_failure_is_one_line_unless_its_place_is_asked_for(
    fermata: Fermata, own_environment: dict[str, str], place: tuple[str, ...]
) -> None:
    environment = {**own_environment, "FERMATA_DATABASE_CONNECTIONS": "many"}
    answer = fermata("migrate", env=environment)
    assert answer.returncode == 1
    assert answer.stderr.startswith("fermata: FERMATA_DATABASE_CONNECTIONS='many'")
    assert answer.stderr.count("\n") == 1
    assert "Traceback" in fermata(*place, env=environment).stderr


def test_output_that_nobody_reads_is_no_crash(own_environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m cli --help | true; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=own_environment)
    assert answer.returncode in (0, 1)
    assert "Traceback" not in answer.stderr
