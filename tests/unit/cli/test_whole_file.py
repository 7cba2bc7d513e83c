"""A file that is there when it is whole: never half of it, and nothing beside it."""

from pathlib import Path

import pytest

from cli.whole_file import WholeFile
from fermata.errors import ConfigurationError


def test_a_file_is_replaced_at_the_end_and_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "ada.json"
    path.write_text("before")
    with WholeFile(path) as file:
        file.write(b"one ")
        file.write(b"two")
        assert path.read_text() == "before"
    assert path.read_text() == "one two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_off_leaves_all_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ada.json"
    path.write_text("before")
    with pytest.raises(KeyError):
        _break_off(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def _break_off(path: Path) -> None:
    with WholeFile(path) as file:
        file.write(b"one ")
        raise KeyError


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere" / "ada.json", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be written"), WholeFile(path) as file:
            file.write(b"one")
    assert list(tmp_path.iterdir()) == []
