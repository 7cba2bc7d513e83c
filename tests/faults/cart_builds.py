"""Cart recovery in one build after the other: each has a step more, behind a patch, as docs/versions.md wants it."""

import inspect
import sys
from importlib import import_module, invalidate_caches
from pathlib import Path

from workflows import cart_recovery
from workflows.discovery import Journeys

_SPOTS = ("await self.send(REMINDER)", "if await self.wait_for(", "await self.send(DISCOUNT)")
"""The lines before which a step is put in; the builds take turns."""


def patch_of(build: int) -> str:
    """What a build's own patch is called."""
    return f"build {build}"


def journeys_of(build: int, folder: Path) -> Journeys:
    """Cart recovery as a build has it. It reads the profile once more than the build before.

    Args:
        build: Its number; 0 is the journey that ships.
        folder: Where the code is written.
    """
    name = f"cart_recovery_of_build_{build}"
    (folder / f"{name}.py").write_text(_code_of(build), encoding="utf-8")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    invalidate_caches()
    return Journeys({"cart_recovery": import_module(name).CartRecovery})


def _code_of(build: int) -> str:
    lines = inspect.getsource(cart_recovery).splitlines()
    for number in range(1, build + 1):
        spot = _SPOTS[number % len(_SPOTS)]
        place = next(place for place, line in enumerate(lines) if line.strip().startswith(spot))
        indent = lines[place][: -len(lines[place].lstrip())]
        step = [f'if workflow.patched("{patch_of(number)}"):', "    await self.profile()"]
        lines[place:place] = [indent + line for line in step]
    return "\n".join([*lines, ""])
