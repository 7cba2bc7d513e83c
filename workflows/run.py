"""One run of a journey from the inside: what it has received, where it stands, how it waits, and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from temporalio import workflow

from fermata.errors import DefinitionError
from fermata.journeys import Entry, JourneyDefinition, JourneyEvent, Outcome, ProfileMerged
from fermata.journeys.outcome import State
from fermata.vocabulary import Reason
from workflows import search_attributes
from workflows.failure import failure_of
from workflows.narration import Narration
from workflows.received import Received

_SHORTEST = timedelta(milliseconds=1)  # a wait of zero raises in the SDK


@dataclass(frozen=True, slots=True)
class _Standing:
    sentence: str
    step: str
    state: str
    reason: str | None = None
    until: datetime | None = None


class RunEnded(BaseException):
    """Leaves the enrolled block. Not an Exception, so that an author's ``except Exception`` cannot hold a run back."""


class Run:
    """The state of a run.

    Args:
        entry: What it was started with.
        definition: Its journey's definition.
    """

    def __init__(self, entry: Entry, definition: JourneyDefinition) -> None:
        carried = entry.carried
        self.entry = entry
        self.definition = definition
        self.started_at = carried.started_at if carried else workflow.now()
        self.received = Received(carried.inbox, carried.seen) if carried else Received((), (entry.trigger.id,))
        self.steps = dict(carried.steps) if carried else {}
        self.signals = 0
        self.reconsidered = 0
        self.woke_late: timedelta | None = None  # of the last wait, where its time ended it
        self.skipped = 0
        self.paused_by: str | None = None
        self._paused_at: datetime | None = None
        self._stands = _Standing("Starting", step="start", state="active")
        self._stood = self._stands  # before it was paused
        self._paused_for = carried.paused_for if carried else timedelta(0)
        self.sends_under_way = 0
        self.children: dict[UUID, Outcome] = {}
        self.enrolled = False
        self.ending: Outcome | None = None
        self.narration = Narration(self._ends())

    @property
    def deadline(self) -> datetime:
        """The instant at which the journey's ``at_most`` ends the run; the time that it was paused does not count."""
        return self.started_at + self.definition.at_most + self.paused_for

    @property
    def paused_for(self) -> timedelta:
        """How long the run has been held by operators, up to now."""
        since = workflow.now() - self._paused_at if self._paused_at is not None else timedelta(0)
        return self._paused_for + since

    def _ends(self) -> str:
        goal = f"Goal: {self.definition.goal}. " if self.definition.goal is not None else ""
        exits = f"Exits on {', '.join(self.definition.exit_on)}. " if self.definition.exit_on else ""
        return f"{goal}{exits}Ends at the latest {self.deadline:%a %d %b %Y %H:%M} UTC."

    def receive(self, event: JourneyEvent) -> None:
        """Takes an event in. A goal or an exit ends the run at its next wait point, which wakes up for it."""
        self.signals += 1
        if not self.received.is_new(event):
            return
        self.narration.tell(workflow.now(), f"event *{event.name}*")
        self.narrate()
        ends = event.name == self.definition.goal or event.name in self.definition.exit_on
        if not ends:
            self.received.append(event)
        elif event.occurred_at >= self.entry.trigger.occurred_at:  # what came late may lie before the trigger
            self.end("converted" if event.name == self.definition.goal else "exited", event.name)

    def merge(self, merge: ProfileMerged) -> None:
        """Takes in that the run's profile is part of another now."""
        if merge.ends:
            self.end("exited", Reason.PROFILE_MERGED)
        if merge.profile_id == self.entry.profile_id:
            return
        self.entry = self.entry.model_copy(update={"profile_id": merge.profile_id})
        self.narration.tell(workflow.now(), f"the profile became part of `{merge.profile_id}`")
        self.narrate()
        workflow.upsert_search_attributes([search_attributes.PROFILE.value_set(str(merge.profile_id))])

    def number(self, key: str) -> str:
        """A step's name: its key, numbered from the second time on."""
        count = self.steps.get(key, 0) + 1
        self.steps[key] = count
        return key if count == 1 else f"{key}-{count}"

    def pause(self, by: str) -> str:
        """Holds the run at its next wait point, and says where it stands."""
        if self.ending is None and self.paused_by is None:
            self.paused_by, self._paused_at = by, workflow.now()
            self.narration.tell(workflow.now(), f"paused by {by}")
            self._stood = self._stands
            self.stand(f"Paused by {by}", step="paused", state="paused", reason=Reason.JOURNEY_PAUSED)
        return self.narration.standing

    def resume(self, by: str) -> str:
        """Lets the run go on from where it stood: in its wait, where that is not over, or with what is due."""
        if self._paused_at is None:
            return self.narration.standing
        self._paused_for, self._paused_at, self.paused_by = self.paused_for, None, None
        self.narration.tell(workflow.now(), f"resumed by {by}")
        self._stand(self._stood)
        return f"Resumed by {by}"

    def skip(self, by: str) -> str:
        """Ends the waits that are under way, as if their time had passed."""
        self.skipped += 1
        self.tell(f"wait skipped by {by}")
        return f"Wait skipped by {by}"

    def exit(self, by: str) -> str:
        """Ends the run on an operator's word."""
        self.end("exited", f"by {by}")
        self.tell(f"ended by {by}")
        return f"Ended by {by}"

    def end(self, state: State, reason: str) -> None:
        """Marks the run as ending. The first end stands."""
        if self.ending is None:
            self.ending = Outcome(state=state, reason=reason, ended_at=workflow.now())

    def fail(self, error: Exception) -> None:
        """Marks the run as failing, and says to operators why and what to do. An end that came first stands."""
        failure = failure_of(error, trigger=self.definition.trigger.event)
        if self.ending is None:
            self.narration.concludes(failure.mend)
        self.end("failed", failure.what)

    def check(self) -> None:
        """Leaves the enrolled block where the run is ending.

        Raises:
            RunEnded: The run is ending.
            DefinitionError: The author calls a verb outside ``async with self.enrolled()``.
        """
        if not self.enrolled:
            raise DefinitionError(
                f"{self.entry.journey}: a verb was called outside the enrolment; "
                "put it inside `async with self.enrolled():`"
            )
        if self.ending is None and self.paused_by is None and workflow.now() >= self.deadline:
            self.end("timed_out", f"at most {self.definition.at_most}")
        if self.ending is None and workflow.cancellation_reason() is not None:
            self.end("exited", "cancelled")
        if self.ending is not None:
            raise RunEnded

    async def go_on(self) -> None:
        """Waits while the run is paused, and leaves the enrolled block where it is ending.

        Raises:
            RunEnded: The run is ending.
        """
        self.check()
        while self.paused_by is not None:
            await workflow.wait_condition(lambda: self.paused_by is None or self.ending is not None)
            self.check()

    async def wait(self, met: Callable[[], bool], *, until: datetime, summary: str) -> bool:
        """Waits for a condition, until an instant, and for whatever ends the run.

        Args:
            met: The condition; it must not read the branch's context.
            until: The latest instant, aware.
            summary: The timer's label in the Temporal UI.

        Returns:
            True where the condition was met, False where the time ran out or an operator has skipped the wait.

        Raises:
            RunEnded: The run is ending.
        """
        await self.go_on()
        skipped = self.skipped
        while True:
            limit = min(until, self.deadline)
            try:
                await workflow.wait_condition(
                    lambda: self.ending is not None or self.skipped > skipped or met(),
                    timeout=max(limit - workflow.now(), _SHORTEST),
                    timeout_summary=summary,
                )
            except TimeoutError:
                self.woke_late = max(workflow.now() - limit, timedelta(0))
                await self.go_on()
                if limit < until:  # the run's time limit has moved on, since the run was paused
                    continue
                return met()
            self.woke_late = None
            await self.go_on()
            return met()

    def stand(
        self, sentence: str, *, step: str, state: str, reason: str | None = None, until: datetime | None = None
    ) -> None:
        """Says where the run stands now, to operators: in the current details and in the search attributes."""
        self._stand(_Standing(sentence, step, state, reason, until))

    def _stand(self, standing: _Standing) -> None:
        self._stands = standing
        self.narration.stands(standing.sentence)
        self.narrate()
        workflow.upsert_search_attributes(
            search_attributes.standing(
                step=standing.step, state=standing.state, reason=standing.reason, until=standing.until
            )
        )

    def tell(self, what: str) -> None:
        """Adds a line to what happened."""
        self.narration.tell(workflow.now(), what)
        self.narrate()

    def narrate(self) -> None:
        """Shows what the narration says now in the Temporal UI. Not a command: it costs no history."""
        workflow.set_current_details(self.narration.markdown())
