"""``fermata db``, called as it is on a command line."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

from fermata.retention import Removed

Fermata = Callable[..., "CompletedProcess[str]"]


def test_the_role_is_made_with_a_password_from_the_environment_that_nothing_shows(fermata: Fermata) -> None:
    password = "long enough, and of a test"
    made = fermata("db", "roles", FERMATA_APP_PASSWORD=password)
    assert (made.returncode, made.stdout) == (0, ""), made.stderr
    assert made.stderr.startswith("fermata_app may read and write rows, and nothing else")
    short = fermata("db", "roles", FERMATA_APP_PASSWORD="short")
    assert (short.returncode, "too short" in short.stderr) == (1, True)


def test_old_rows_go_where_something_is_set_to_go(fermata: Fermata) -> None:
    removed = fermata("db", "retain", "--json", FERMATA_KEEP_REJECTED="P30D")
    assert json.loads(removed.stdout) == dict.fromkeys(Removed.model_fields, 0), removed.stderr
