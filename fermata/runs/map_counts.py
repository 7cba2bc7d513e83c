"""How many runs came to each step of a journey's map, went on, left or converted: read from the ledger."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from fermata.database import Connection, Pool, Queries
from fermata.journeys.map import JourneyMap, StepKind
from fermata.runs.record import RunState

_QUERIES = Queries("fermata.runs", "map_counts.sql")
_ENDS = 16**4
"""How many ends of ids four digits tell apart."""
_MANY_MORE = 2
_REACHED = tuple(state for state in RunState if state is not RunState.HOLDOUT)  # nobody reaches a holdout


class _Counted(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class StepCounts(_Counted):
    """The runs at a step that sends. A message that stands at several places of the code is counted as one."""

    came_near: int
    """Runs that came to the start, or to a message, with nothing but waits and choices between that and this step."""
    reached: int
    """Of those, runs that came to it: something was decided of its message."""
    sent: int
    """Runs in which it went out, or a stand-in for it."""
    dropped: int
    """Runs in which it was decided that it does not go out."""
    held: int
    """Runs in which it waits now."""
    on_the_way: int
    """Runs that came near, are active, and may still reach it."""
    converted_before: int
    """Runs that came near and met the goal without it."""
    left_before: int
    """Runs that came near and ended in another way without it: the drop-off."""
    converted: int
    """Runs that reached it and have met the goal since."""


class MapCounts(_Counted):
    """A journey's map in numbers, of the runs that started in a time."""

    since: datetime
    """They started at this instant or later."""
    until: datetime
    """They started before this instant."""
    started: int
    """How many there are, without those who are held out."""
    looked_at: int
    """On how many of them the rest is counted: all, or as many as were drawn at random. Then the numbers are of all
    nevertheless, as three digits tell."""
    states: dict[RunState, int]
    """How they stand now; states that none is in are left out."""
    exits: dict[str, int]
    """How many ended by which exit: an event, or a rule or operator in words."""
    steps: dict[str, StepCounts]
    """By the id of the step in the map, for those that send."""

    def of_all(self, started: int) -> Self:
        """The same in numbers of all runs, where those that were looked at are some of them, drawn at random.

        Args:
            started: How many there are in all.
        """
        by = started / max(self.looked_at, 1)
        steps = {
            step: StepCounts(**{name: _rounded(count * by) for name, count in counts.model_dump().items()})
            for step, counts in self.steps.items()
        }
        return self.model_copy(
            update={
                "started": started,
                "states": {state: _rounded(runs * by) for state, runs in self.states.items()},
                "exits": {by_what: _rounded(runs * by) for by_what, runs in self.exits.items()},
                "steps": steps,
            }
        )


def _rounded(count: float) -> int:
    """A number with the three digits that a part of a few thousand can tell."""
    return round(float(f"{count:.3g}"))


@dataclass(frozen=True, slots=True)
class _Gone:
    """Runs that went the same way.

    Args:
        state: How they stand.
        left_by: What ended them, of those that exited.
        ends: Of the messages that something was decided of, what became of each: ``sent``, ``dropped``, ``held``, or
            nothing yet; and its key. One that stands at several steps may have come to several ends.
        runs: How many.
    """

    state: RunState
    left_by: str | None
    ends: frozenset[tuple[str, str]]
    runs: int

    @property
    def messages(self) -> frozenset[str]:
        """Keys of the messages that something was decided of."""
        return frozenset(message for _, message in self.ends)


async def count_map(
    connection: Pool | Connection,
    drawn: JourneyMap,
    *,
    since: datetime,
    until: datetime,
    among: Collection[str] | None = None,
    most: int | None = None,
) -> MapCounts:
    """Counts the runs of a journey, step by step.

    Args:
        connection: Any, or the pool.
        drawn: The journey's map.
        since: Of runs that started at this instant or later, aware.
        until: And before this one, aware.
        among: Temporal's ids of the first executions of those that count, a build's for example; None for all.
        most: Where there are many more, about so many are drawn at random and looked at; None looks at all of them.
            Those that ``among`` names are all looked at.
    """
    asked = (drawn.journey, since, until, list(_REACHED))
    there = await connection.fetchval(_QUERIES["started"], *asked) if most is not None and among is None else 0
    below = _ENDS * most // there if most is not None and there > _MANY_MORE * most else None
    given = (*asked, list(among) if among is not None else None, below)
    gone = [
        _Gone(RunState(row["state"]), row["left_by"], frozenset(map(_read_end, row["messages"])), row["runs"])
        for row in await connection.fetch(_QUERIES["ways_gone"], *given)
    ]
    states = {state: sum(each.runs for each in gone if each.state is state) for state in _REACHED}
    exits: dict[str, int] = {}
    for each in gone:
        if each.left_by is not None:
            exits[each.left_by] = exits.get(each.left_by, 0) + each.runs
    found = MapCounts(
        since=since,
        until=until,
        started=_sum(gone),
        looked_at=_sum(gone),
        states={state: runs for state, runs in states.items() if runs},
        exits=exits,
        steps=dict(_steps(drawn, gone)),
    )
    return found.of_all(there) if below is not None else found


def _read_end(text: str) -> tuple[str, str]:
    end, _, message = text.partition(":")
    return end, message


def _ended(gone: Iterable[_Gone], messages: frozenset[str], end: str) -> int:
    """In how many runs messages came to an end, message by message."""
    return sum(each.runs for each in gone for message in messages if (end, message) in each.ends)


def _steps(drawn: JourneyMap, gone: list[_Gone]) -> Iterator[tuple[str, StepCounts]]:
    senders = {step.id: frozenset(step.messages) for step in drawn.steps if step.messages}
    for step, messages in senders.items():
        # Where a message is said again elsewhere, the ledger does not tell which of the two a run was at.
        same = [other for other, theirs in senders.items() if theirs & messages]
        nearby = frozenset().union(*(_before(drawn, each, senders) for each in same)) - messages
        at_start = any("start" in _sources(drawn, each, senders) for each in same)
        near = [each for each in gone if at_start or each.messages & (nearby | messages)]
        reached = [each for each in near if each.messages & messages]
        missed = [each for each in near if not each.messages & messages]
        yield (
            step,
            StepCounts(
                came_near=_sum(near),
                reached=_sum(reached),
                sent=_ended(gone, messages, "sent"),
                dropped=_ended(gone, messages, "dropped"),
                held=_ended(gone, messages, "held"),
                on_the_way=_sum(each for each in missed if each.state is RunState.ACTIVE),
                converted_before=_sum(each for each in missed if each.state is RunState.CONVERTED),
                left_before=_sum(each for each in missed if each.state not in (RunState.ACTIVE, RunState.CONVERTED)),
                converted=_sum(each for each in reached if each.state is RunState.CONVERTED),
            ),
        )


def _before(drawn: JourneyMap, step: str, senders: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The messages of the steps that come just before one."""
    return frozenset().union(*(senders[source] for source in _sources(drawn, step, senders) if source in senders))


def _sources(drawn: JourneyMap, step: str, senders: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The steps before one that send, and the start, with nothing but waits and choices between."""
    found: set[str] = set()
    seen = {step}
    waiting = [step]
    while waiting:
        target = waiting.pop()
        for way in drawn.ways:
            if way.target == target and way.source not in seen:
                seen.add(way.source)
                if way.source in senders or way.source == StepKind.START.value:
                    found.add(way.source)
                else:
                    waiting.append(way.source)
    return frozenset(found)


def _sum(gone: Iterable[_Gone]) -> int:
    return sum(each.runs for each in gone)
