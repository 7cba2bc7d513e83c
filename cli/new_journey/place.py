"""Where a new journey goes: the folder of the author's package, and that of its tests."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fermata.errors import ConfigurationError

_OTHERS = frozenset({"site-packages", "dist-packages"})  # where pip puts what others wrote


@dataclass(frozen=True, slots=True)
class Place:
    """Folders, which need not be there yet.

    Args:
        package: As ``FERMATA_JOURNEYS`` names it.
        folder: Of the package.
        root: What must be on ``PYTHONPATH`` for the package to be found.
        tests: Of the tests.
    """

    package: str
    folder: Path
    root: Path
    tests: Path

    @property
    def is_found(self) -> bool:
        """Whether Python looks for packages there, as it is started now."""
        return self.root.resolve() in {Path(entry).resolve() for entry in sys.path}


def find_place(package: str | None, journeys: Sequence[str], here: Path) -> Place:
    """Finds the place.

    Args:
        package: What the author says; None takes the first that this deployment searches for journeys.
        journeys: What this deployment searches: packages, or modules, whose package it is then.
        here: Where a package that is not there yet is to be made.

    Raises:
        ConfigurationError: It cannot be a package, or it is one that others wrote.
    """
    named = package or next(iter(journeys), "")
    if not named or not all(part.isidentifier() for part in named.split(".")):
        raise ConfigurationError(f"{named!r} cannot name a package; give one like --package shop")
    if named.partition(".")[0] in sys.stdlib_module_names:
        raise ConfigurationError(f"{named!r} is a part of Python itself; give a package of your own: --package shop")
    found = _folder(named)
    if found is None and package is None:
        named = named.rpartition(".")[0]
        found = _folder(named) if named else None
        if found is None:
            raise ConfigurationError("FERMATA_JOURNEYS names no package that is there; give one: --package shop")
    folder = found or here.joinpath(*named.split("."))
    if not _OTHERS.isdisjoint(folder.parts):
        raise ConfigurationError(f"{named!r} is installed in {folder}; give a package of your own: --package shop")
    root = folder.parents[named.count(".")]
    return Place(named, folder, root, root.joinpath("tests", *named.split(".")))


def _folder(package: str) -> Path | None:
    """Where a package is; None where there is none, or it is a module."""
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return None
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places))) if places else None
