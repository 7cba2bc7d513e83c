"""``fermata providers``, called as it is on a command line."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from fermata.channels import Enlisted, Health, Roster
from fermata.database import Pool
from tests.unit.channels.silent import Silent

Fermata = Callable[..., "CompletedProcess[str]"]

_FILE = """
[[email]]
name = "main"
kind = "smtp"
weight = 3
rate = 50
secret = "MAIL_PASSWORD"
options = {url = "smtps://ada@mail.example"}

[[sms]]
name = "texts"
kind = "http"
options = {url = "https://sms.example"}
"""


def test_a_file_is_checked_without_a_database(fermata: Fermata, tmp_path: Path) -> None:
    file = tmp_path / "providers.toml"
    file.write_text(_FILE)
    checked = fermata(
        "providers", "check", str(file), MAIL_PASSWORD="hush", FERMATA_DATABASE_URL="postgresql://[::1]:1/x"
    )
    assert checked.returncode == 0, checked.stderr
    mail, texts = checked.stdout.splitlines()
    assert mail.startswith(
        "email main: smtp, tier 1, weight 3, 50 a second, does not honour the key, after a lost answer"
    )
    assert texts.startswith("sms texts: http, tier 1, weight 1, no limit of rate, honours the key")
    assert "hush" not in checked.stdout


def test_a_fault_is_named_with_its_place(fermata: Fermata, tmp_path: Path) -> None:
    file = tmp_path / "providers.toml"
    file.write_text(
        _FILE.replace("smtps://ada@mail.example", "gopher://ada@mail.example").replace("weight = 3", "weight = 0")
    )
    refused = fermata("providers", "check", str(file), MAIL_PASSWORD="hush")
    assert refused.returncode == 1
    assert "email.0.weight = 0" in refused.stderr
    file.write_text(_FILE.replace("smtps://ada@mail.example", "gopher://ada@mail.example"))
    refused = fermata("providers", "check", str(file), MAIL_PASSWORD="hush")
    assert refused.returncode == 1
    assert "email.0 (main)" in refused.stderr
    assert "hush" not in refused.stderr


async def test_one_is_held_seen_and_released(pool: Pool, fermata: Fermata) -> None:
    assert fermata("providers", "list").stdout.startswith("No worker has started yet")
    await Health(pool, Roster([Enlisted(Silent("main"), kind="http", rate=10.0)])).enlist()
    assert fermata("providers", "hold", "main", "--by", "ada").returncode == 0
    (listed,) = json.loads(fermata("providers", "list", "--json").stdout)["providers"]
    assert (listed["name"], listed["state"], listed["held_by"]) == ("main", "held", "ada")
    assert "by ada" in " ".join(fermata("providers", "list", COLUMNS="160").stdout.split())
    assert fermata("providers", "release", "main").returncode == 0
    assert "well" in fermata("providers", "list").stdout
    unknown = fermata("providers", "hold", "pigeon")
    assert unknown.returncode == 1
    assert "'pigeon'" in unknown.stderr
