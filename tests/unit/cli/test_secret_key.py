"""The secret that a stack signs its links with."""

from pathlib import Path

from cli.stack.secret_key import secret_key_in


def test_it_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    secret = secret_key_in(tmp_path)
    assert len(secret) >= 32
    assert secret_key_in(tmp_path) == secret
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
