"""Prints the part of ``requirements.txt`` that production needs, hashes and all: the image is built from it.

The lock holds one closure for everything, tests included. Run it where the whole lock is installed:
``python -m deploy.image_requirements > image.txt``.
"""

import re
import sys

from packaging.utils import canonicalize_name

from deploy.closure import ROOT, closure, declared

_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==.*(?:\n[ \t]+--hash=.*)+", re.MULTILINE)


def image_requirements() -> str:
    """The entries of the lock for what Fermata needs without its extras, in the lock's order."""
    needed = closure(declared())
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    # A package may stand there several times, each for other versions of Python: pip takes the one whose marker holds.
    entries = [(canonicalize_name(entry["name"]), entry[0]) for entry in _ENTRY.finditer(lock)]
    missing = sorted(needed.keys() - {name for name, _ in entries})
    if missing:
        raise SystemExit(f"requirements.txt does not lock {', '.join(missing)}: run `make lock`")
    return "".join(f"{text}\n" for name, text in entries if name in needed)


if __name__ == "__main__":
    sys.stdout.write(image_requirements())
