"""Runs ``fermata`` or a module as in the image: what the image does not install cannot be imported.

``python as_in_the_image.py MODULE ARGUMENT…``, with the names of what is absent in ``ABSENT``, by commas.
"""

import os
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType


class _Absent(MetaPathFinder):
    """Finds nothing, and lets nobody after it look."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"the image has no {name!r}", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, _Absent(frozenset(os.environ["ABSENT"].split(","))))
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
