"""``fermata keys``, called as it is on a command line."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from subprocess import CompletedProcess

import pytest

from fermata.access import Key, Keys, Limit, Scope
from fermata.database import Pool

Fermata = Callable[..., "CompletedProcess[str]"]


async def test_a_key_is_shown_once_alone_on_stdout_and_works(pool: Pool, fermata: Fermata) -> None:
    made = fermata("keys", "create", "support", "--scope", "write", "--scope", "read", "--limit", "5:9")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert await Keys(pool).find(secret) == Key("support", frozenset({Scope.READ, Scope.WRITE}), Limit(5, 9))
    assert made.stderr == "'support' may: read, write. Keep the key now, it is never shown again:\n"
    listed = fermata("keys", "list", COLUMNS="200")
    assert re.search(r"support +read, write +5:9 +[\d-]{10} +[\d-]{10} [\d:]{5} UTC +never +works", listed.stdout)
    assert secret not in listed.stdout


async def test_a_rotated_key_has_a_new_secret_and_the_old_one_works_until_told(pool: Pool, fermata: Fermata) -> None:
    made = json.loads(fermata("keys", "create", "site", "--scope", "ingest", "--expires", "P90D", "--json").stdout)
    rotated = fermata("keys", "rotate", "site", "--overlap", "PT1H")
    assert rotated.returncode == 0, rotated.stderr
    assert re.match(r"The key before works until \S+ \S+ UTC. Keep the new one now", rotated.stderr)
    found = [await Keys(pool).find(secret) for secret in (made["key"], rotated.stdout.strip())]
    assert found == [Key("site", frozenset({Scope.INGEST}))] * 2
    assert "rotated; the one before works until" in fermata("keys", "list", COLUMNS="200").stdout
    (kept,) = json.loads(fermata("keys", "list", "--json").stdout)["keys"]
    assert datetime.fromisoformat(kept["expires_at"]) > datetime.fromisoformat(made["expires_at"])


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
        (("create", "shop", "--scope", "read", "--expires", "tomorrow"), 2, "tomorrow"),
        (("create", " ", "--scope", "read"), 1, "' ' cannot be a key's name"),
        (
            ("revoke", "nobody"),
            1,
            "fermata: no key is named 'nobody'; `fermata keys list` shows those that there are\n",
        ),
    ],
    ids=["no scope", "an unknown scope", "no end", "no name", "an unknown key"],
)
def test_what_cannot_be_done_is_told_with_its_status(
    fermata: Fermata, arguments: tuple[str, ...], status: int, told: str
) -> None:
    ended = fermata("keys", *arguments)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert told in ended.stderr


def test_help_has_an_example(fermata: Fermata) -> None:
    assert "Example: fermata keys create website --scope ingest" in fermata("keys", "create", "--help").stdout
