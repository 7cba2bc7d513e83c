"""Replays histories on the code here, under the plugin of the worker, and explains those that break."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache

from temporalio.client import WorkflowHistory
from temporalio.plugin import SimplePlugin
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig
from temporalio.worker import Replayer

from worker.plugin import fermata_plugin
from worker.replay.breaks import Break, broken, no_such_journey
from worker.replay.commands import path_of
from worker.replay.listening import Heard, listening_plugin
from workflows.discovery import Journeys
from workflows.journey import Journey


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one history.

    Args:
        history: It.
        journey: Its journey's name.
        path: A short sign of the way that the run has gone.
        broken: Why it does not replay; None where it does.
    """

    history: WorkflowHistory
    journey: str
    path: str
    broken: Break | None


async def replay(histories: AsyncIterator[WorkflowHistory], journeys: Journeys) -> AsyncGenerator[Replayed, None]:
    """Replays histories one after the other, and goes on where one breaks.

    Args:
        histories: Fetched while others are replayed; those of journeys that are not here break too.
        journeys: The code.
    """
    unknown: list[WorkflowHistory] = []

    async def known() -> AsyncIterator[WorkflowHistory]:
        async for history in histories:
            if journey_of(history) in journeys.classes:
                yield history
            else:
                unknown.append(history)

    async with _replayer(journeys.classes.values()).workflow_replay_iterator(known()) as results:
        async for result in results:
            history, failure = result.history, result.replay_failure
            name = journey_of(history)
            why = await _explain(history, journeys.classes[name]) if failure is not None else None
            yield Replayed(history, name, path_of(history), why)
    for history in unknown:
        name = journey_of(history)
        yield Replayed(history, name, path_of(history), no_such_journey(history, name, list(journeys.classes)))


async def replay_one(history: WorkflowHistory, journeys: Journeys) -> Break | None:
    """Replays one history.

    Args:
        history: It.
        journeys: The code; only the history's own journey is loaded.

    Returns:
        Why it does not replay; None where it does.
    """
    name = journey_of(history)
    only = Journeys({name: journeys.classes[name]} if name in journeys.classes else {})
    if not only.classes:
        return no_such_journey(history, name, list(journeys.classes))
    async with aclosing(replay(_each(history), only)) as results:
        async for result in results:
            return result.broken
    raise AssertionError("one history was to be replayed")


def journey_of(history: WorkflowHistory) -> str:
    """The name of the journey that a history is of; empty where it has no beginning."""
    for event in history.events:
        return event.workflow_execution_started_event_attributes.workflow_type.name
    return ""


async def _explain(history: WorkflowHistory, journey: type[Journey]) -> Break:
    """Replays a run that breaks once more, and listens closely: to the lines of the author's too."""
    heard = Heard()
    files = frozenset(str(inspect.getsourcefile(each)) for each in journey.__mro__ if _is_an_authors(each))
    replayer = _replayer([journey], listening_plugin(heard, files=files))
    async with replayer.workflow_replay_iterator(_each(history)) as results:
        async for result in results:
            failure = result.replay_failure or RuntimeError("it broke once, and not again: is its code deterministic?")
            return broken(history, journey_of(history), heard, failure)
    raise AssertionError("one history was to be replayed")


def _is_an_authors(each: type) -> bool:
    return issubclass(each, Journey) and each is not Journey


def _replayer(classes: Iterable[type[Journey]], *listening: SimplePlugin) -> Replayer:
    return Replayer(workflows=list(classes), plugins=[fermata_plugin(), *listening], runtime=_quiet())


@cache
def _quiet() -> Runtime:
    """The SDK's core warns of each run that breaks, in its own words; we tell it in ours."""
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="OFF")))


async def _each(*histories: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history
