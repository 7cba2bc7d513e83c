"""The files of one Postgres: made by initdb under a home folder, with a password of its own."""

import os
import pwd
import secrets
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.stack.child import ChildUser
from cli.stack.postgres_binaries import PostgresBinaries, find_binaries, reachable_by, within_reach
from fermata.errors import ConfigurationError, Unavailable

SUPERUSER = "fermata"
_HERE = "/proc/self/cwd"  # Linux' name for the folder that a process is in
_KEEPS_ITS_FOLDER = 16  # older ones leave the folder while they look for themselves, and cannot come back to it


@dataclass(frozen=True)
class PostgresCluster:
    """Where a Postgres keeps its files, and who runs it.

    Args:
        home: The folder with all that belongs to it.
        binaries: What runs it.
        user: The user that it runs as; None for who we are.
        password: That of its superuser.
    """

    home: Path
    binaries: PostgresBinaries
    user: ChildUser | None
    password: str

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.home / "postgres.log"

    @property
    def data_argument(self) -> str:
        """What to give to ``-D`` in a process that starts in the data directory."""
        return str(self.data) if _walkable(self.home, self.user, self.binaries) else _HERE

    @property
    def environment(self) -> dict[str, str]:
        """What the processes of Postgres get: nothing of ours, whose PG… variables would change what they do."""
        return _environment()


def prepare_cluster(home: Path, *, durable: bool) -> PostgresCluster:
    """Opens the cluster in a home folder, and makes it when there is none yet. Blocks for about half a second.

    Args:
        home: Its folder; only one server at a time may use it.
        durable: Whether initdb waits until its files are on the disk.

    Raises:
        ConfigurationError: There is no Postgres, or the files are of another major version.
        Unavailable: initdb failed; the message holds what it said.
    """
    user = _unprivileged_user()
    binaries = find_binaries()
    if user is not None:
        binaries = within_reach(binaries, user)
    _make_home(home, user)
    secret = home / "password"
    if not (home / "data" / "PG_VERSION").exists():
        _write_password(secret, secrets.token_hex(24))
        _initdb(home, binaries, user, secret.read_text(), durable=durable)
    cluster = PostgresCluster(home=home, binaries=binaries, user=user, password=secret.read_text())
    _check_version(cluster)
    return cluster


def _unprivileged_user() -> ChildUser | None:
    """Postgres refuses to run as root, so root runs it as nobody."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return ChildUser(uid=nobody.pw_uid, gid=nobody.pw_gid)


def _make_home(home: Path, user: ChildUser | None) -> None:
    home.mkdir(parents=True, exist_ok=True)
    if user is not None:
        home.chmod(0o711)  # to walk through; all that is in it is closed to others


def _walkable(home: Path, user: ChildUser | None, binaries: PostgresBinaries) -> bool:
    """Whether the files can be named by their path. If not, below /root for example, by where the process starts.

    Raises:
        ConfigurationError: In neither way.
    """
    if user is None or reachable_by(user, home):
        return True
    if binaries.version >= _KEEPS_ITS_FOLDER and Path(_HERE).exists():
        return False
    raise ConfigurationError(
        f"Postgres {binaries.version} runs as user {user.uid}, who cannot walk to {home}: choose another folder, "
        "run as an ordinary user, or name a running server in FERMATA_DATABASE_URL"
    )


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}


def _write_password(path: Path, password: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)


def _initdb(home: Path, binaries: PostgresBinaries, user: ChildUser | None, password: str, *, durable: bool) -> None:
    """Makes the data directory under another name first, so that an interrupted initdb leaves none that looks whole."""
    staging, for_initdb = home / "data.new", home / "data.new" / "password"
    with suppress(FileNotFoundError):
        shutil.rmtree(staging)
    data = staging / "data"
    data.mkdir(parents=True)
    _write_password(for_initdb, password)
    if user is not None:
        for path in (staging, data, for_initdb):
            os.chown(path, user.uid, user.gid)
    walkable = _walkable(home, user, binaries)
    answer = subprocess.run(  # noqa: S603 - a program that we chose
        [
            str(binaries.folder / "initdb"),
            *("-D", str(data) if walkable else _HERE, "-U", SUPERUSER, "--auth=scram-sha-256"),
            f"--pwfile={for_initdb if walkable else '../password'}",
            *("--encoding=UTF8", "--locale=C", "--no-instructions"),
            *(() if durable else ("--no-sync",)),
        ],
        cwd=data,
        env=_environment(),
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise Unavailable(f"initdb could not make a database in {home} (status {answer.returncode}):\n{answer.stdout}")
    data.rename(home / "data")
    shutil.rmtree(staging)


def _check_version(cluster: PostgresCluster) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text().strip()
    if made_by != str(cluster.binaries.version):
        raise ConfigurationError(
            f"{cluster.data} was made by Postgres {made_by}, and the one found, in {cluster.binaries.folder}, is "
            f"{cluster.binaries.version}: name the folder of Postgres {made_by} in PGBIN, or take another data folder"
        )
