"""A worker that dies where a test wants it to: at the five points of a send. And one whose clock a test can turn.

A test writes a file with the name of a point; the first worker that comes there takes the file away and kills itself.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio import activity

import activities.sends
import worker.process
from activities.decisions import Decisions
from fermata.channels import Accepted, Busy, Carriers, Enlisted, Envelope, Rejected
from fermata.clock import Clock
from fermata.ledger import Attempt, RecordedDecision, settle_sent
from fermata.vocabulary import Action

POINTS = (
    "before the reservation",
    "after the reservation",
    "in the call to the provider",
    "after the provider's yes",
    "after settling",
)
"""Of a send."""

CLOCK = "clock"
"""The file with the seconds that a worker's clock is ahead of the machine's."""

_IN_THE_MIDDLE = 0.03  # seconds of a call that the tests' provider lets last for longer


class Fate:
    """Where a worker is to die.

    Args:
        folder: Where a test writes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_here(self, point: str) -> bool:
        """Whether this worker is the one that dies at a point."""
        try:
            (self._folder / point).unlink()
        except FileNotFoundError:
            return False
        return True

    def pass_by(self, point: str) -> None:
        """Dies at a point, if that is its fate."""
        if self.is_here(point):
            die()


def die() -> None:
    """As a crash would have it."""
    os.kill(os.getpid(), signal.SIGKILL)


def make_mortal(folder: Path, own: Path) -> None:
    """Has the worker that this process becomes die as its fate is, and go by a clock that can be turned.

    Args:
        folder: Of the fate of all workers.
        own: Of this worker's clock.
    """
    fate = Fate(folder)
    replaced: dict[str, object] = {
        "Decisions": _decisions(fate),
        "Carriers": _carriers(fate),
        "SystemClock": lambda: TurnedClock(own / CLOCK),
    }
    for name, stand_in in replaced.items():
        setattr(worker.process, name, stand_in)
    vars(activities.sends)["settle_sent"] = _settling(fate, settle_sent)


class TurnedClock(Clock):
    """The machine's clock, ahead or behind by what a file says.

    Args:
        file: Its seconds; none, or no such file, for the machine's own.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self, workflow_time: datetime) -> datetime:
        del workflow_time
        ahead = 0.0
        with suppress(FileNotFoundError, ValueError):
            ahead = float(self._file.read_text())
        return datetime.now(UTC) + timedelta(seconds=ahead)


def _decisions(fate: Fate) -> type[Decisions]:
    class MortalDecisions(Decisions):
        @activity.defn
        async def decide(self, attempt: Attempt) -> RecordedDecision:
            fate.pass_by("before the reservation")
            decision = await super().decide(attempt)
            if decision.action is Action.SEND:
                fate.pass_by("after the reservation")
            return decision

    return MortalDecisions


def _carriers(fate: Fate) -> type[Carriers]:
    class MortalCarriers(Carriers):
        async def hand_over(self, each: Enlisted, envelope: Envelope) -> Accepted | Rejected | Busy:
            call = asyncio.create_task(super().hand_over(each, envelope))
            if fate.is_here("in the call to the provider"):
                await asyncio.wait({call}, timeout=_IN_THE_MIDDLE)
                die()
            answer = await call
            if isinstance(answer, Accepted):
                fate.pass_by("after the provider's yes")
            return answer

    return MortalCarriers


def _settling(fate: Fate, settle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def settled(*arguments: Any, **named: Any) -> Any:
        result = await settle(*arguments, **named)
        fate.pass_by("after settling")
        return result

    return settled
