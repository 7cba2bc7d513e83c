"""Explains why a run breaks on replay: where, what its history has there, what the code does now, and what to write."""

import linecache
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowHistory

from worker.replay.commands import Command, of_history
from worker.replay.listening import Heard, Line

_EVENT = re.compile(r"HistoryEvent\(id: (\d+)")
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_GRAMMAR = re.compile(r"\b(if|elif|while|not|await|self|return)\b")
_NEAR = 12  # so many commands ahead it is looked for what has only moved
_NOTHING = "nothing: it waits"

Kind = Literal["put in", "taken out", "moved", "patch gone", "fails", "unknown journey"]


class Break(BaseModel):
    """Why one run does not replay on the code here.

    Args:
        journey: Its name.
        workflow_id: The run's in Temporal; a recorded run's is the name of its file.
        run_id: Of its execution.
        kind: What has happened to the journey, as far as that can be told.
        event_id: The event of the history that the code does not lead to; None where there is none.
        was: What the history has there.
        now: What the code does there now.
        place: File and line where the code stands then; None where that is not known.
        mend: What to write.
        error: The SDK's own words.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    workflow_id: str
    run_id: str
    kind: Kind
    event_id: int | None
    was: str
    now: str
    place: str | None
    mend: str
    error: str

    def __str__(self) -> str:
        at = f", event {self.event_id}" if self.event_id is not None else ""
        lines = [f"{self.journey}: a run breaks on the code here: {self.workflow_id}{at}"]
        lines += [f"  the history has  {self.was}", f"  the code does    {self.now}"]
        if self.place is not None:
            lines.append(f"  at               {self.place}")
        return "\n".join([*lines, "", *(f"  {line}".rstrip() for line in self.mend.splitlines())])


def broken(history: WorkflowHistory, journey: str, heard: Heard, error: Exception) -> Break:
    """Explains why a run does not replay.

    Args:
        history: The run's.
        journey: Its name.
        heard: What the code did until then, listened to closely.
        error: The replay's.
    """
    said = _MESSAGE.search(str(error))
    words = said.group(1).replace('\\"', '"') if said else str(error)
    place, source = _standing(heard.stands)
    whose = {"journey": journey, "workflow_id": history.workflow_id, "run_id": history.run_id, "error": words}
    if heard.failure:
        mend = "The code fails while it does again what the run has done. Mend it: a run in flight waits until then."
        return Break(**whose, kind="fails", event_id=None, was="no failure", now=heard.failure, place=place, mend=mend)
    had = of_history(history)
    at = _parting(had, heard.commands, words)
    was, now = (list(each[at : at + _NEAR]) for each in (had, heard.commands))
    kind = _kind(was, now)
    return Break(
        **whose,
        kind=kind,
        event_id=was[0].event_id if was else _event_id(words),
        was=_told(was) if was else "nothing more",
        now=_told(now) if now else _NOTHING,
        place=place,
        mend=mend_of(kind, _name(kind, was, source), source, _step(was)),
    )


def no_such_journey(history: WorkflowHistory, journey: str, there: Sequence[str]) -> Break:
    """Says that a run is of a journey that the code here does not have.

    Args:
        history: The run's.
        journey: The name that it goes by.
        there: Those that there are.
    """
    return Break(
        journey=journey,
        workflow_id=history.workflow_id,
        run_id=history.run_id,
        kind="unknown journey",
        event_id=1,
        was=f"a run of {journey}",
        now=f"there is no such journey; there are {', '.join(sorted(there)) or 'none'}",
        place=None,
        mend=f"Keep the file of {journey} until its last run has ended, or name its package in FERMATA_JOURNEYS.",
        error="the workflow type is not registered",
    )


def _parting(had: Sequence[Command], does: Sequence[Command], words: str) -> int:
    """The number of the first command at which history and code part."""
    for number, (was, now) in enumerate(zip(had, does, strict=False)):
        if not was.is_like(now):
            return number
    event_id = _event_id(words)
    if event_id is not None:
        return next((number for number, each in enumerate(had) if each.event_id >= event_id), len(had))
    return min(len(had), len(does))


def _event_id(words: str) -> int | None:
    found = _EVENT.search(words)
    return int(found.group(1)) if found else None


def _kind(was: Sequence[Command], now: Sequence[Command]) -> Kind:
    """Where the code does what the history has later, a step is gone; where it does what it has not, one is new."""
    if was and was[0].kind == "patch":
        return "patch gone"
    if not now or any(_is_the_same_step(now[0], each) for each in was[1:]):
        return "taken out"
    return "put in"


def _is_the_same_step(one: Command, other: Command) -> bool:
    """A timer has no name, and is known by its label; so is where the run stands."""
    labels = [each.label.partition(" (hurried")[0] for each in (one, other)]
    return one.is_like(other) and (bool(one.name) or labels[0] == labels[1])


def _told(commands: Sequence[Command]) -> str:
    """The first command; where that only says where the run stands, what comes after it too."""
    if not commands:
        return _NOTHING
    first = str(commands[0])
    return f"{first}, then {commands[1]}" if commands[0].kind == "search attributes" and len(commands) > 1 else first


def _name(kind: Kind, was: Sequence[Command], source: str) -> str:
    """A name for the patch, made of the step that it is about."""
    if kind == "patch gone":
        return was[0].name
    if kind != "taken out" and source:
        return patch_name(_GRAMMAR.sub("", source))
    gone = next((each for each in was if each.kind != "search attributes"), None)
    return patch_name(gone.label or gone.name) if gone is not None else "changed"


def patch_name(words: str) -> str:
    """A name for a patch, made of words about it."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40] or "changed"


def _step(commands: Sequence[Command]) -> str:
    """The first command that is more than to say where the run stands."""
    return next((str(each) for each in commands if each.kind != "search attributes"), _NOTHING)


def mend_of(kind: Kind, name: str, source: str, was: str) -> str:
    """What to write so that runs in flight survive a change.

    Args:
        kind: What has changed.
        name: For the patch.
        source: The new step, as the code has it; may be empty.
        was: The old one, in words.
    """
    step = source or "..."
    patched = f'workflow.patched("{name}")'
    head = "Runs that were under way before the change must go on as they began. "
    if kind == "put in":
        head += "Put the new step behind a patch, and they pass it by:"
        code = f"if {patched}:\n    {step}"
    elif kind == "patch gone":
        head = f"Runs that are under way know the patch {name!r}. Keep it as long as there are some from before it. "
        head += "After that, put this in its place, and leave that out when no run is left that knows the patch:"
        code = f'workflow.deprecate_patch("{name}")'
    elif kind == "taken out":
        head += "Keep the old step for them; if it has only moved, its new place is behind the patch too:"
        code = f"if not {patched}:\n    ...  # as it was here: {was}\nif {patched}:\n    ...  # where it is now"
    else:
        head += "Keep the old way for them:"
        code = f"if {patched}:\n    {step}  # as it is now\nelse:\n    ...  # as it was: {was}"
    return f"{textwrap.fill(head, 100)}\n\n{code}"


def _standing(line: Line | None) -> tuple[str | None, str]:
    """Where the code stands, and what is written there."""
    if line is None:
        return None, ""
    path = Path(line.file)
    near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    source = linecache.getline(line.file, line.number).strip()
    return f"{near}:{line.number}: {source}", source
