"""``fermata verbs check`` and ``fermata webhooks check``, called as they are on a command line."""

import os
import subprocess
import sys
from pathlib import Path


def fermata(*arguments: str, **secrets: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *arguments]
    environment = {**os.environ, **secrets}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_names_of_ones_own_are_checked_without_a_server(tmp_path: Path) -> None:
    path = tmp_path / "verbs.toml"
    path.write_text('[verbs."Product Added"]\naliases = ["ajout"]\n[verbs."Trial Started"]\n', encoding="utf-8")
    ended = fermata("verbs", "check", str(path))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{path}: valid; events of its own: 1, names under which events come in: 2\n"
    path.write_text('[verbs."Trial Started"]\nschema = "trial"\n', encoding="utf-8")
    ended = fermata("verbs", "check", str(path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"{path}: verbs.\"Trial Started\" has the schema 'trial', which is not there" in ended.stderr


def test_sources_are_checked_with_their_secrets_and_show_none(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text('[sources.shop]\nkind = "shopify"\nsecrets = ["SHOP_SECRET_OF_A_TEST"]\n', encoding="utf-8")
    ended = fermata("webhooks", "check", str(path), SHOP_SECRET_OF_A_TEST="hush")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "POST /webhooks/shop: signatures as of shopify, secrets: 1\n"
    ended = fermata("webhooks", "check", str(path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "there is no environment variable SHOP_SECRET_OF_A_TEST" in ended.stderr


def test_providers_that_tell_are_among_the_sources(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text('[feedback.texter]\nkind = "twilio"\nsecrets = ["TOKEN_OF_A_TEST"]\n', encoding="utf-8")
    ended = fermata("webhooks", "check", str(path), TOKEN_OF_A_TEST="hush")
    assert ended.stdout == "POST /webhooks/texter: feedback of texter, signatures as of twilio, secrets: 1\n"
