"""Runs that start runs: a child enters by the rules of enrolment, and its end is awaited where that is wanted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from temporalio import workflow

from fermata.errors import DefinitionError
from fermata.journeys import ChildEnded, ChildStart, JourneyDefinition, Outcome, ParentHeld, RunOver
from workflows.asking import Asking
from workflows.narration import in_words

_SHORTEST = timedelta(milliseconds=1)  # a wait of zero raises in the SDK
_PARENT = "its parent run"


class Parenting(Asking):
    """The verbs by which a journey starts others for its person, and what a run hears of its parent and children.

    A child is no child workflow of Temporal's: that would pass by re-entry, holdouts and limits, and the ledger would
    know nothing of it. The parent tells the event that begins the child's journey, and the enrolment decides.
    """

    definition: ClassVar[JourneyDefinition]

    @workflow.signal(description="The run has been ended from outside: by a newer trigger, its parent, or erasure.")
    def over(self, word: RunOver) -> None:
        """Ends the run at its next wait point."""
        self._run.end("exited", word.reason)
        self._run.tell(f"over: {word.reason}")

    @workflow.signal(description="The run that waits for this one is paused, or goes on.")
    def parent_held(self, word: ParentHeld) -> None:
        """Holds the run with its parent. What an operator has paused by itself stays paused."""
        if word.holds:
            self._run.pause(_PARENT)
        elif self._run.paused_by == _PARENT:
            self._run.resume(_PARENT)

    @workflow.signal(description="A run that this one has started has ended.")
    def child_ended(self, word: ChildEnded) -> None:
        """Takes in how it ended."""
        self._run.children[word.run_id] = word.outcome
        self._run.tell(f"a child ended: {word.outcome.state} ({word.outcome.reason})")

    async def start(self, journey: "type[Parenting]", properties: Mapping[str, Any] | None = None) -> ChildStart:
        """Starts another journey for this person, and goes on. The other run lives by itself, whatever this one does.

        Args:
            journey: Its class. Its trigger must be an event of its own, that tells of nothing a person did.
            properties: Of that event, for the other journey and its messages.

        Returns:
            The run that began; or, in the words of enrolment, why none did: true or false by itself.
        """
        return await self._begin(journey, properties, awaited=False)

    async def child(
        self, journey: "type[Parenting]", properties: Mapping[str, Any] | None = None, *, within: timedelta
    ) -> Outcome | None:
        """Starts another journey for this person, and waits until that run ends.

        The child ends with this run, whatever ends it, and is paused and resumed with it.

        Args:
            journey, properties: As of ``start``.
            within: How long at most, in the journey's time. The child goes on after that.

        Returns:
            How the child ended; None where none began, or the time has passed.
        """
        begun = await self._begin(journey, properties, awaited=True)
        if begun.run_id is None:
            return None
        run = self._run
        until = workflow.now() + within / run.entry.pace
        name = _name(journey)
        run.stand(f"Wait for {name}, at most {in_words(within)}", step=f"child {name}", state="waiting", until=until)
        return await self._end_of(begun.run_id, until=until, summary=f"Wait for {name}, at most {in_words(within)}")

    async def _begin(
        self, journey: "type[Parenting]", properties: Mapping[str, Any] | None, *, awaited: bool
    ) -> ChildStart:
        run, name = self._run, _name(journey)
        await run.go_on()
        begun = await self._start_child(name, journey.definition.trigger.event, properties or {}, awaited=awaited)
        run.tell(f"started `{name}`" if begun else f"`{name}` did not start: {begun.reason}")
        return begun

    async def _end_of(self, child: UUID, *, until: datetime, summary: str) -> Outcome | None:
        run = self._run
        held, skipped = False, run.skipped
        while True:
            if (run.paused_by is not None) is not held:
                held = not held
                await self._hold_child(child, holds=held)
                continue
            run.check()
            if child in run.children:
                await run.go_on()
                return run.children[child]
            if not held and (workflow.now() >= until or run.skipped > skipped):
                return None
            # While it is held no time limit ends it, so nothing is timed.
            left = None if held else max(min(until, run.deadline) - workflow.now(), _SHORTEST)
            try:
                await workflow.wait_condition(
                    lambda held=held: (  # type: ignore[misc]
                        run.ending is not None
                        or child in run.children
                        or (run.paused_by is not None) is not held
                        or (run.skipped > skipped and not held)
                    ),
                    timeout=left,
                    timeout_summary=summary[:120] if left is not None else None,
                )
            except TimeoutError:
                continue


def _name(journey: type[Parenting]) -> str:
    defined = workflow._Definition.from_class(journey)
    if defined is None or defined.name is None:
        raise DefinitionError(f"{journey.__qualname__} has no name; add @workflow.defn(name=…) above the class")
    return defined.name
