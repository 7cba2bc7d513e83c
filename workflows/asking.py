"""The verbs by which a journey asks about its person, and tells something of them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.children import ChildHeld, ChildWanted
from activities.people import (
    FactsAsked,
    LocalTimeAsked,
    People,
    SegmentAsked,
    Telling,
    VariantAsked,
)
from fermata.analytics.next_best_action import ActionAsked
from fermata.errors import DefinitionError
from fermata.journeys import ChildStart, Chosen, PersonFacts
from fermata.journeys.event import PERSONAL
from fermata.segments import Segment, events_of
from workflows.narration import in_words
from workflows.run import Run

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_Given = TypeVar("_Given")
_Answer = TypeVar("_Answer")
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=[
        "NotFound",
        "NoSuchProfile",
        "DefinitionError",
        "InvalidSegment",
        "InvalidEvent",
        "ValidationError",
    ],
)


class Asking:
    """What a journey can ask and tell. Each verb is one activity; what it answers lies in the history."""

    _run: Run

    async def sleep_until(self, wanted: str, weekday: str | None = None) -> None:
        """Lets time pass until the person's own clock shows a time.

        Args:
            wanted: ``"09:00"``, on the wall where the person is; of several zones that may be theirs, in each.
            weekday: ``"monday"``; None for the next such time on any day.

        Raises:
            DefinitionError: There is no such time or weekday.
        """
        run = self._run
        await run.go_on()
        asked = LocalTimeAsked(
            profile_id=run.entry.profile_id, asked_at=workflow.now(), time=_time(wanted), weekday=_weekday(weekday)
        )
        found = await self._ask(People.local_instant, asked, "local_time", f"When is it {wanted} for this person?")
        until = workflow.now() + (found.at - workflow.now()) / run.entry.pace
        summary = f"Until {found.shown}"
        run.stand(summary, step=f"until {wanted}", state="waiting", until=found.at)
        await run.wait(lambda: False, until=until, summary=summary)
        run.received.read_all()

    async def wait_until(self, segment: Segment, *, within: timedelta, every: timedelta = timedelta(days=1)) -> bool:
        """Waits until the person is in a segment: asked at once, when an event of it comes, and now and then.

        Args:
            segment: Who is meant.
            within: How long at most, in the journey's time.
            every: How often it is asked where nothing happens: some segments come to hold by the mere passing of time.

        Returns:
            Whether the person is in it.
        """
        run = self._run
        until = workflow.now() + within / run.entry.pace
        names = tuple(sorted(events_of(segment)))
        while not await self.is_in(segment):
            if workflow.now() >= until:
                return False
            again = min(until, workflow.now() + every / run.entry.pace)
            place = run.received.length
            summary = f"Wait until: {segment}, at most {in_words(within)}"[:120]
            run.stand(summary, step="wait until", state="waiting", until=until)
            await run.wait(lambda place=place: run.received.has_after(place, names), until=again, summary=summary)  # type: ignore[misc]
        return True

    async def is_in(self, segment: Segment) -> bool:
        """Says whether the person is in a segment now.

        Args:
            segment: Who is meant.
        """
        run = self._run
        await run.go_on()
        asked = SegmentAsked(profile_id=run.entry.profile_id, asked_at=workflow.now(), segment=segment)
        return await self._ask(People.is_in, asked, "segment", f"Is the person in: {segment}?")

    async def profile(self, *traits: str) -> PersonFacts:
        """Says where the person is, and those traits that are asked for by name.

        Args:
            traits: Names. What says who somebody is cannot be asked for: the answer lies in Temporal's history.

        Raises:
            DefinitionError: A trait is personal.
        """
        run = self._run
        await run.go_on()
        for trait in traits:
            if trait.lower() in PERSONAL or trait.lower() in ("name", "username", "birthday"):
                raise DefinitionError(
                    f"{run.entry.journey}: the trait {trait!r} says who somebody is, and a history is kept for years; "
                    "let a template read it"
                )
        asked = FactsAsked(profile_id=run.entry.profile_id, asked_at=workflow.now(), traits=traits)
        return await self._ask(People.facts, asked, "profile", f"Look the profile up: {', '.join(traits) or 'place'}")

    async def variant(self, experiment: str, weights: Mapping[str, float]) -> str:
        """Draws which of several variants the person is shown. Theirs for ever, and on record as shown.

        Args:
            experiment: Its name.
            weights: Of each variant, above zero: ``{"discount": 1, "free_shipping": 1}``.
        """
        run = self._run
        await run.go_on()
        asked = VariantAsked(
            profile_id=run.entry.profile_id,
            asked_at=workflow.now(),
            run_id=run.entry.run_id,
            experiment=experiment,
            weights=dict(weights),
        )
        shown = await self._ask(People.variant, asked, "variant", f"Which variant of {experiment}?")
        run.tell(f"variant **{shown}** of `{experiment}`")
        return shown

    async def tell(self, event: str, properties: Mapping[str, Any] | None = None) -> None:
        """Stores an event of the person's, which starts and reaches journeys as any other does.

        Args:
            event: Its name, for example ``"Trial Ended"``.
            properties: Of it.
        """
        await self._tell(event, properties or {}, f"Tell of {event}")

    async def update_profile(self, **traits: Any) -> None:  # noqa: ANN401 - a trait is whatever JSON can hold
        """Writes traits of the person, and disturbs nobody.

        Args:
            traits: By name. Addresses and consent are not for a journey to change.

        Raises:
            DefinitionError: A trait is one that decisions are made on.
        """
        if owned := sorted(traits.keys() & (PERSONAL | {"consent", "push_token", "timezone", "quiet_hours"})):
            raise DefinitionError(
                f"{self._run.entry.journey}: {owned[0]!r} is the person's own to change; leave it out"
            )
        await self._tell(None, traits, f"Update the profile: {', '.join(sorted(traits))}")

    async def _tell(self, event: str | None, properties: Mapping[str, Any], summary: str) -> None:
        run = self._run
        await run.go_on()
        step = run.number("tell")
        telling = Telling(
            profile_id=run.entry.profile_id,
            asked_at=workflow.now(),
            message_id=f"{run.entry.run_id}:{step}",
            event=event,
            properties=dict(properties),
        )
        await self._ask(People.tell, telling, step, summary, numbered=True)

    async def _start_child(
        self, journey: str, event: str, properties: Mapping[str, Any], *, awaited: bool
    ) -> ChildStart:
        run = self._run
        step = run.number(f"start_{journey}")
        wanted = ChildWanted(
            profile_id=run.entry.profile_id,
            asked_at=workflow.now(),
            run_id=run.entry.run_id,
            journey=journey,
            event=event,
            properties=dict(properties),
            message_id=f"{run.entry.run_id}:{step}",
            awaited=awaited,
        )
        return await self._ask(People.start_child, wanted, step, f"Start {journey}", numbered=True)

    async def _hold_child(self, child: UUID, *, holds: bool) -> None:
        run = self._run
        held = ChildHeld(profile_id=run.entry.profile_id, asked_at=workflow.now(), run_id=child, holds=holds)
        await self._ask(People.hold_child, held, "hold_child" if holds else "release_child", "Tell the child")

    async def _choose(self, asked: ActionAsked) -> Chosen:
        return await self._ask(People.next_best_action, asked, asked.step, "What comes next?", numbered=True)

    async def _ask(
        self,
        method: Callable[[People, _Given], Awaitable[_Answer]],
        asked: _Given,
        what: str,
        summary: str,
        *,
        numbered: bool = False,
    ) -> _Answer:
        return await workflow.execute_activity_method(
            method,
            asked,
            activity_id=what if numbered else self._run.number(what),
            summary=summary[:120],
            start_to_close_timeout=timedelta(seconds=15),
            retry_policy=_RETRY,
        )


def _time(wanted: str) -> time:
    try:
        return datetime.strptime(wanted, "%H:%M").time()  # noqa: DTZ007 - a time on a wall has no zone
    except ValueError:
        raise DefinitionError(f"{wanted!r} is no time of the day; write it like '09:00'") from None


def _weekday(name: str | None) -> int | None:
    if name is None:
        return None
    if name.lower() not in _WEEKDAYS:
        raise DefinitionError(f"{name!r} is no weekday; use one of {', '.join(_WEEKDAYS)}")
    return _WEEKDAYS.index(name.lower())
