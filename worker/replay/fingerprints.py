"""The fingerprint of a journey: a readable file of its steps. Where it differs, runs in flight meet a change.

Recorded runs show that a change breaks a way that somebody has gone; the fingerprint covers those that nobody has yet.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from worker.replay.breaks import mend_of, patch_name
from worker.replay.recorded import HISTORIES
from worker.replay.steps import steps_of
from workflows.discovery import Journeys
from workflows.journey import Journey

FINGERPRINTS = "fingerprints"
"""The folder of fingerprints, in the folder of the replay tests."""

_HEAD = "# The steps of {name}, as runs in flight know them. Written by `fermata record --fingerprints`."
_PATCHED = re.compile(r"workflow\.patched\(([^)]*)\)")
_AT_MOST = re.compile(r"at most (\d+) hours")
_WRITE = "fermata record --fingerprints"

Kind = Literal["breaks", "safe", "new", "gone"]


class Difference(BaseModel):
    """A journey whose steps are others than its fingerprint says.

    Args:
        journey: Its name.
        kind: ``breaks`` runs in flight, or is ``safe`` for them; ``new`` has no fingerprint yet, ``gone`` no code.
        changed: The lines that differ, each behind a ``-`` or ``+``, with some around them.
        mend: What to do.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    kind: Kind
    changed: tuple[str, ...]
    mend: str

    def __str__(self) -> str:
        heads = {
            "breaks": "its steps have changed, and runs in flight would break",
            "safe": "its steps have changed, and runs in flight go on as they began",
            "new": "it has no fingerprint yet",
            "gone": "it has a fingerprint and no code",
        }
        lines = [f"{self.journey}: {heads[self.kind]}", *(f"  {line}" for line in self.changed), ""]
        return "\n".join([*lines, *(f"  {line}".rstrip() for line in self.mend.splitlines())])


def fingerprint_of(name: str, journey: type[Journey], before: frozenset[str] | None = None) -> str:
    """The fingerprint of a journey.

    Args:
        name: The journey's.
        journey: Its class.
        before: The patches that runs know; None for all.
    """
    definition = journey.definition
    facts = [
        f"goal {definition.goal or 'none'}",
        f"exits on {', '.join(sorted(definition.exit_on)) or 'nothing'}",
        f"at most {definition.at_most // timedelta(hours=1)} hours",
    ]
    return "\n".join([_HEAD.format(name=name), *facts, "", *steps_of(journey, before)]) + "\n"


def differences(folder: Path, journeys: Journeys) -> Iterator[Difference]:
    """Compares the code here with the fingerprints of a folder; with none where it has no folder of fingerprints.

    Args:
        folder: Of the replay tests.
        journeys: The code.
    """
    if not (folder / FINGERPRINTS).is_dir():
        return
    stored = {path.stem for path in (folder / FINGERPRINTS).glob("*.txt")}
    for name in sorted(stored | set(journeys.classes)):
        difference = difference_of(folder, name, journeys.classes.get(name))
        if difference is not None:
            yield difference


def difference_of(folder: Path, name: str, journey: type[Journey] | None) -> Difference | None:
    """Compares one journey with its fingerprint; None where they agree, and for a draft, which has no recorded run.

    Args:
        folder: Of the replay tests.
        name: The journey's.
        journey: Its class; None where there is none.
    """
    path = folder / FINGERPRINTS / f"{name}.txt"
    if journey is None:
        mend = f"Once its last run has ended, delete {path}; until then keep the journey."
        return Difference(journey=name, kind="gone", changed=(), mend=mend)
    if not path.exists():
        recorded = any((folder / HISTORIES).glob(f"{name}.*.json"))
        return Difference(journey=name, kind="new", changed=(), mend=f"Write it: {_WRITE}") if recorded else None
    was, now = path.read_text(encoding="utf-8"), fingerprint_of(name, journey)
    if was == now:
        return None
    as_they_see_it = fingerprint_of(name, journey, frozenset(_PATCHED.findall(was)))
    changed = _changed(was, now)
    if _lasts_as_long(was, as_they_see_it) and _steps(was) == _steps(as_they_see_it):
        return Difference(journey=name, kind="safe", changed=changed, mend=f"Write the fingerprint again: {_WRITE}")
    return Difference(journey=name, kind="breaks", changed=changed, mend=_mend(_changed(was, as_they_see_it)))


def write_fingerprints(
    folder: Path, journeys: Journeys, *, anyway: bool = False
) -> tuple[list[Path], list[Difference]]:
    """Writes the fingerprints of all journeys whose runs in flight go on, and those of new ones.

    Args:
        folder: Of the replay tests.
        journeys: The code.
        anyway: Also of journeys whose runs in flight would break: where no run was ever begun.

    Returns:
        The files written, and what was not written since it breaks runs.
    """
    written, refused = list[Path](), list[Difference]()
    for name, journey in sorted(journeys.classes.items()):
        path, difference = folder / FINGERPRINTS / f"{name}.txt", difference_of(folder, name, journey)
        if difference is None and path.exists():
            continue
        if difference is not None and difference.kind == "breaks" and not anyway:
            refused.append(difference)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fingerprint_of(name, journey), encoding="utf-8")
        written.append(path)
    return written, refused


def _steps(fingerprint: str) -> list[str]:
    """All but how long a run lasts at most."""
    return [line for line in fingerprint.splitlines() if not _AT_MOST.fullmatch(line)]


def _lasts_as_long(was: str, now: str) -> bool:
    """A run that lasts longer than it was to has done nothing yet that it would not do."""
    before, after = (_AT_MOST.search(each) for each in (was, now))
    return before is None or after is None or int(after.group(1)) >= int(before.group(1))


def _changed(was: str, now: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(was.splitlines(), now.splitlines(), n=2, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _mend(changed: Sequence[str]) -> str:
    gone = [line[1:].strip() for line in changed if line.startswith("-")]
    new = [line[1:].strip() for line in changed if line.startswith("+")]
    after = (
        f"\n\nThen write the fingerprint again: {_WRITE}"
        f"\nWhere no run has begun yet, or only a name is another: {_WRITE} --anyway"
    )
    if any(line.startswith(("goal ", "exits on ", "at most ")) for line in (*gone, *new)):
        return (
            "What ends a run cannot be patched: it is looked up, and not recorded. Give the changed journey a new\n"
            f"name, and keep the old one, with a trigger that nobody sends, until its last run has ended.{after}"
        )
    if known := [name for line in gone for name in _PATCHED.findall(line)]:
        return mend_of("patch gone", known[0].strip("'"), "", "") + after
    if gone and new:
        return mend_of("moved", patch_name(new[0]), f"...  # {new[0]}", gone[0]) + after
    if gone:
        return mend_of("taken out", patch_name(gone[0]), "", gone[0]) + after
    return mend_of("put in", patch_name(new[0]), f"...  # {new[0]}", "") + after
