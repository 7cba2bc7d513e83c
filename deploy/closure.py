"""What a list of requirements brings along: the installed distributions, and what those need in turn."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def declared(*extras: str) -> tuple[str, ...]:
    """What ``pyproject.toml`` asks for.

    Args:
        extras: Beside what Fermata always needs.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return (*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra]))


def closure(requirements: Iterable[str]) -> Mapping[str, Distribution]:
    """Follows requirements through what is installed here, by their markers on this machine.

    Args:
        requirements: As PEP 508 writes them.

    Returns:
        The distributions by their canonical names.

    Raises:
        PackageNotFoundError: One that is needed is not installed.
    """
    found: dict[str, Distribution] = {}
    followed: set[tuple[str, str]] = set()
    waiting = [(Requirement(each), "") for each in requirements]
    while waiting:
        requirement, of_extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in followed:
                continue
            followed.add((name, extra))
            found[name] = distribution(name)
            waiting.extend((Requirement(each), extra) for each in found[name].requires or ())
    return found
