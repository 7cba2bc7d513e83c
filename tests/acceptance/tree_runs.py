"""Runs of a tree, many at once in one world: a reference that tells the waits, and runs that something meets in one."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from fermata.database import new_id
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Carried, Outcome
from tests.acceptance.trees import Step, Tree
from tests.acceptance.world import World, unless_it_has_ended
from tests.people import Enrolled

Run = WorkflowHandle[Any, Any]
_numbers = count()
_AT_ONCE = asyncio.Semaphore(12)
_TO_THE_END = timedelta(days=200)
_WAIT_ENDS = (EventType.EVENT_TYPE_TIMER_FIRED, EventType.EVENT_TYPE_TIMER_CANCELED)


@dataclass(frozen=True)
class Wait:
    """One wait of a reference run, in time since the run began."""

    begins: timedelta
    ends: timedelta

    @property
    def middle(self) -> timedelta:
        """Half way through."""
        return (self.begins + self.ends) / 2


@dataclass(frozen=True)
class Sent:
    """A message that went out, so long after the run began."""

    at: timedelta
    message: str
    channel: str


@dataclass(frozen=True)
class Reference:
    """One way through a tree that nothing has ended.

    Args:
        tree, leg: Which.
        outcome: How it ended.
        waits: Those that come after the last of the leg's steps, or all where it has none.
        sent: Everything that went out.
    """

    tree: Tree
    leg: str
    outcome: Outcome
    waits: tuple[Wait, ...]
    sent: tuple[Sent, ...]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.tree.journey}, {self.leg}"

    @property
    def steps(self) -> tuple[Step, ...]:
        """What the person does."""
        return self.tree.legs[self.leg].steps

    @property
    def says(self) -> list[str]:
        """Keys of all that went out."""
        return [each.message for each in self.sent]

    def sent_before(self, at: timedelta) -> list[tuple[str, str]]:
        """Message and channel of all that had gone out by then."""
        return [(each.message, each.channel) for each in self.sent if each.at < at]


async def all_of(work: list[Awaitable[Any]]) -> list[Any]:
    """Does all of it, a dozen at a time."""

    async def one(each: Awaitable[Any]) -> Any:
        async with _AT_ONCE:
            return await each

    return list(await asyncio.gather(*map(one, work)))


async def somebody(world: World, tree: Tree, leg: str) -> Enrolled:
    """A person of their own addresses, just enrolled, for whom is drawn what the reference was drawn."""
    while True:
        number = next(_numbers)
        addresses = {"email": f"p{number}@example.com", "sms": f"+44207183{number:04}", "push": f"token-{number}"}
        person = await world.enrol(tree.journey, trigger=tree.trigger, addresses=addresses)
        if tree.suits(person.profile_id):
            break
    for event in tree.legs[leg].first:
        await world.store(person, event, at=datetime.now(UTC) - timedelta(minutes=1))
    await world.pool.execute(
        "UPDATE events SET properties = properties || $2 WHERE id = $1", person.trigger.id, dict(tree.properties)
    )
    return person


async def started(world: World, person: Enrolled, *, began: timedelta = timedelta(0)) -> Run:
    """Starts the person's run, which believes to have begun so long before now."""
    entry = person.entry
    if began:
        carried = Carried(started_at=datetime.now(UTC) - began, seen=(person.trigger.id,))
        entry = entry.model_copy(update={"carried": carried})
    return await world.start(person, entry=entry)


async def told(world: World, run: Run, person: Enrolled, step: Step) -> None:
    """The person does something: it is stored, and the run is told of it."""
    event = await world.store(person, step.event)
    await run.signal("event", event.model_copy(update={"properties": dict(step.properties)}))


async def led(world: World, run: Run, person: Enrolled, steps: tuple[Step, ...], until: timedelta) -> None:
    """Lets so much of the run's time pass, in which the person does what the leg says; less where it ends before."""
    passed = timedelta(0)
    with unless_it_has_ended():
        for step in steps:
            if step.after < until:
                await world.let_pass(run, step.after - passed)
                await told(world, run, person, step)
                passed = step.after
        await world.let_pass(run, until - passed)


async def reference(world: World, tree: Tree, leg: str) -> Reference:
    """Runs a leg to its end."""
    person = await somebody(world, tree, leg)
    run = await started(world, person)
    steps = tree.legs[leg].steps
    await led(world, run, person, steps, _TO_THE_END)
    outcome = await world.outcome(run)
    began, waits = await _waits(run)
    last = max((step.after for step in steps), default=timedelta(0))
    return Reference(tree, leg, outcome, tuple(w for w in waits if w.ends > last), await sent(world, person, began))


async def _waits(run: Run) -> tuple[datetime, list[Wait]]:
    began, open_at, waits = datetime.now(UTC), dict[int, datetime](), list[Wait]()
    async for event in run.fetch_history_events():
        at = event.event_time.ToDatetime(UTC)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            began = at
        elif event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            open_at[event.event_id] = at
        elif event.event_type in _WAIT_ENDS:
            ended = event.timer_fired_event_attributes if event.HasField("timer_fired_event_attributes") else None
            number = (ended or event.timer_canceled_event_attributes).started_event_id
            waits.append(Wait(open_at[number] - began, at - began))
    return began, waits


async def sent(world: World, person: Enrolled, began: datetime) -> tuple[Sent, ...]:
    """What has gone out for the person, in order."""
    rows = await world.pool.fetch(
        "SELECT d.decided_at, d.message, r.channel FROM decisions d JOIN reservations r ON r.decision_id = d.id"
        " WHERE d.run_id = $1 AND r.state = 'sent' ORDER BY d.decided_at, d.id",
        person.run_id,
    )
    return tuple(Sent(row["decided_at"] - began, row["message"], row["channel"]) for row in rows)


async def said(world: World, person: Enrolled) -> list[tuple[str, str]]:
    """Message and channel of what has gone out for the person."""
    return [(each.message, each.channel) for each in await sent(world, person, datetime.now(UTC))]


async def known_as(world: World, visitor: Enrolled, user: Enrolled) -> None:
    """A visitor turns out to be somebody known, without a word on anything else."""
    now = datetime.now(UTC)
    for kind, person in (("anonymous_id", visitor), ("user_id", user)):
        await world.pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ($1, $2, $3, $4)",
            kind,
            str(person.profile_id),
            person.profile_id,
            now,
        )
    names = {"userId": str(user.profile_id), "anonymousId": str(visitor.profile_id)}
    call = parse({"type": "identify", "messageId": str(new_id()), **names}, received_at=now)
    await Ingest(world.pool, world.registry).accept([call], (), now)
