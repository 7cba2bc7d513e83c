"""Records runs for the replay tests: without people, replayed before they are written, each way through once."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowHistory

from worker.replay.commands import Command, of_history, path_of
from worker.replay.kept_words import KeptWords
from worker.replay.recorded import read_history, write_history
from worker.replay.replaying import journey_of, replay_one
from worker.replay.scrubbing import Scrubbed, scrub
from workflows.discovery import Journeys

_CLOSES = "Close the run: "


class Recorded(BaseModel):
    """What came of a run that was to be recorded.

    Args:
        workflow_id: The run's in Temporal.
        journey: Its journey's name.
        result: ``recorded``; ``known``, where a run of the same way is recorded already; or ``breaks``, where it does
            not replay and so was not written.
        file: Where it is recorded; None where it is not.
        events: How many it has.
        size: The file's, in bytes.
        ids, texts, numbers, workers: How many of each were replaced.
        why: Why it was not written.
    """

    model_config = ConfigDict(frozen=True)

    workflow_id: str
    journey: str
    result: Literal["recorded", "known", "breaks"]
    file: Path | None = None
    events: int
    size: int = 0
    ids: int = 0
    texts: int = 0
    numbers: int = 0
    workers: int = 0
    why: str | None = None


class Recorder:
    """Writes histories into a folder.

    Args:
        folder: Of histories; made where there is none.
        journeys: The code; it says which words are its own.
        keep: More words that may stay, for code that compares with what stands in a setting.
    """

    def __init__(self, folder: Path, journeys: Journeys, keep: tuple[str, ...] = ()) -> None:
        self._folder, self._journeys = folder, journeys
        self._kept = KeptWords(journeys, keep)
        self._paths = dict(_paths_in(folder))

    async def record(self, histories: AsyncIterator[WorkflowHistory], name: str | None) -> AsyncIterator[Recorded]:
        """Records runs, those of a new way through their journey alone.

        Args:
            histories: Of the runs.
            name: Of the file, behind the journey's; it is written whether its way is new or not. None makes one.
        """
        async for history in histories:
            yield await self._one(history, name)

    async def _one(self, history: WorkflowHistory, name: str | None) -> Recorded:
        journey, way = journey_of(history), path_of(history)
        what = Recorded(workflow_id=history.workflow_id, journey=journey, result="breaks", events=len(history.events))
        if name is None and (known := self._paths.get((journey, way))) is not None:
            return what.model_copy(update={"result": "known", "file": known, "why": "this way is recorded already"})
        if (broken := await replay_one(history, self._journeys)) is not None:
            return what.model_copy(update={"why": str(broken)})
        scrubbed = scrub(history, self._kept)
        without = WorkflowHistory.from_json(history.workflow_id, json.dumps(scrubbed.history))
        if (broken := await replay_one(without, self._journeys)) is not None:
            return what.model_copy(update={"why": _compares(broken.now)})
        file = self._folder / f"{journey}.{name or self._name(journey, without)}.json"
        write_history(file, scrubbed.history)
        self._paths[journey, way] = file
        return what.model_copy(
            update={"result": "recorded", "file": file, "size": file.stat().st_size} | _counts(scrubbed)
        )

    def _name(self, journey: str, history: WorkflowHistory) -> str:
        stem = _slug(_standing(of_history(history)))
        names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, 10_000))
        return next(name for name in names if not (self._folder / f"{journey}.{name}.json").exists())


def _paths_in(folder: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for file in sorted(folder.glob("*.json")):
        history = read_history(file)
        yield (journey_of(history), path_of(history)), file


def _counts(scrubbed: Scrubbed) -> dict[str, int]:
    return scrubbed.model_dump(include={"ids", "texts", "numbers", "workers"})


def _compares(now: str) -> str:
    return (
        f"without its texts it does not replay any more: the code then does {now}. It compares with a text that stands "
        "nowhere in the journey's file; let it stay by --keep TEXT, if it says nothing of the person"
    )


def _standing(commands: list[Command]) -> str:
    """How the run ended, or where it stands."""
    for command in reversed(commands):
        if command.label.startswith(_CLOSES):
            return command.label.removeprefix(_CLOSES)
        if command.kind == "search attributes":
            return f"in {command.label}"
    return "begun"


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:60]
