"""``fermata keys``, called as it is on a command line."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from fermata.access import Key, Keys, Scope
from fermata.database import Pool

Fermata = Callable[..., "CompletedProcess[str]"]


async def test_a_key_is_shown_once_alone_on_stdout_and_works(pool: Pool, fermata: Fermata) -> None:
    made = fermata("keys", "create", "support", "--scope", "write", "--scope", "read")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert await Keys(pool).find(secret) == Key("support", frozenset({Scope.READ, Scope.WRITE}))
    assert made.stderr == "'support' may: read, write. Keep the key now, it is never shown again:\n"
    listed = fermata("keys", "list")
    assert listed.stdout.splitlines()[1].split()[:3] == ["support", "read,", "write"]
    assert secret not in listed.stdout


async def test_a_revoked_key_works_no_more_and_is_listed_as_such(pool: Pool, fermata: Fermata) -> None:
    secret = json.loads(fermata("keys", "create", "site", "--scope", "ingest", "--json").stdout)["key"]
    assert fermata("keys", "revoke", "site").stdout == "'site' is revoked.\n"
    assert await Keys(pool).find(secret) is None
    again = fermata("keys", "revoke", "site")
    assert (again.returncode, "nothing changed" in again.stdout) == (0, True)
    (listed,) = json.loads(fermata("keys", "list", "--json").stdout)["keys"]
    assert (listed["name"], listed["scopes"], listed["revoked_at"] is None) == ("site", ["ingest"], False)
    assert "revoked" in fermata("keys", "list").stdout


def test_without_keys_the_list_says_how_to_come_by_some(fermata: Fermata) -> None:
    assert fermata("keys", "list").stdout == "There are no keys yet; `fermata setup` makes the first ones.\n"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("create", "shop"), 2, "--scope"),
        (("create", "shop", "--scope", "everything"), 2, "everything"),
        (("create", " ", "--scope", "read"), 1, "' ' cannot be a key's name"),
        (
            ("revoke", "nobody"),
            1,
            "fermata: no key is named 'nobody'; `fermata keys list` shows those that there are\n",
        ),
    ],
    ids=["no scope", "an unknown scope", "no name", "an unknown key"],
)
def test_what_cannot_be_done_is_told_with_its_status(
    fermata: Fermata, arguments: tuple[str, ...], status: int, told: str
) -> None:
    ended = fermata("keys", *arguments)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert told in ended.stderr


def test_help_has_an_example(fermata: Fermata) -> None:
    assert "Example: fermata keys create website --scope ingest" in fermata("keys", "create", "--help").stdout
