"""``fermata`` as a program, on a database of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Fermata = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fermata(database_url: str) -> Fermata:
    """Runs ``fermata`` with arguments, in a pipe 80 columns wide, and returns what became of it."""
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "COLUMNS": "80"}

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", *arguments]
        environ = {**environment, **variables}
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    return run
