"""Chooses runs of a server, a few from every place of every journey, and fetches their histories."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from fermata.errors import InvalidEvent, Unavailable
from fermata.privacy import KeyGone
from worker.replay.opened import fetch_opened
from workflows import search_attributes

_PAGE = 1000
_AT_A_TIME = 8
_CALL = timedelta(seconds=30)
_RUNS = "FermataJourney IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are to be looked at.

    Args:
        since: Runs that have ended before this instant are left out, aware; None leaves out all that have ended.
        journeys: Names; empty for all.
        query: A list filter of Temporal that they meet as well; None for no other.
        each: How many at most of those that stand at the same step of the same journey.
        limit: How many at most altogether.
    """

    since: datetime | None
    journeys: tuple[str, ...] = ()
    query: str | None = None
    each: int = 5
    limit: int = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """The runs chosen.

    Args:
        runs: Those under way first.
        seen: How many there are of which they were chosen.
        ways: At how many places of how many journeys those stand.
    """

    runs: tuple[WorkflowExecution, ...]
    seen: int
    ways: int


@dataclass(slots=True)
class _Way:
    """Runs that stand at one place of a journey: the oldest, and others by chance, each as likely as the next."""

    most: int
    chance: random.Random
    seen: int = 0
    oldest: WorkflowExecution | None = None
    others: list[WorkflowExecution] = field(default_factory=list)

    def add(self, run: WorkflowExecution) -> None:
        self.seen += 1
        other: WorkflowExecution | None = run
        if self.oldest is None or run.start_time < self.oldest.start_time:
            other, self.oldest = self.oldest, run
        if other is None:
            return
        if len(self.others) < self.most - 1:
            self.others.append(other)
        elif (place := self.chance.randrange(self.seen - 1)) < len(self.others):
            self.others[place] = other

    @property
    def kept(self) -> list[WorkflowExecution]:
        return [self.oldest, *self.others] if self.oldest is not None else []


async def sample(client: Client, wanted: Wanted, seen: Callable[[int], None] = lambda number: None) -> Sample:
    """Looks at runs page by page, and keeps a few of each that stand at the same place.

    Args:
        client: Of the server.
        wanted: Which.
        seen: Told how many have been looked at.

    Raises:
        InvalidEvent: Temporal does not understand the filter.
        Unavailable: Temporal does not answer.
    """
    chance, ways, number = random.Random(0), dict[tuple[str, ...], _Way](), 0  # noqa: S311 - a sample, no secret
    async for run in _listed(client, wanted):
        ways.setdefault(_place(run), _Way(wanted.each, chance)).add(run)
        number += 1
        seen(number)
    by_turns = zip_longest(*(way.kept for way in ways.values()))
    chosen = [run for turn in by_turns for run in turn if run is not None]
    return Sample(tuple(_running_first(chosen)[: wanted.limit]), number, len(ways))


async def fetch(client: Client, runs: Sequence[WorkflowExecution]) -> AsyncIterator[WorkflowHistory]:
    """Fetches the histories of runs, some at a time, each page by page; those that are gone meanwhile are left
    out, and so are those of people who are erased.

    Args:
        client: Of the server.
        runs: Which.

    Raises:
        Unavailable: Temporal does not answer.
    """
    waiting = deque(runs)
    under_way: deque[asyncio.Task[WorkflowHistory | None]] = deque()
    try:
        while waiting or under_way:
            while waiting and len(under_way) < _AT_A_TIME:
                under_way.append(asyncio.create_task(_fetch(client, waiting.popleft())))
            history = await under_way.popleft()
            if history is not None:
                yield history
    finally:
        for task in under_way:
            task.cancel()


async def _fetch(client: Client, run: WorkflowExecution) -> WorkflowHistory | None:
    try:
        return await fetch_opened(client, run.id, run.run_id, within=_CALL)
    except KeyGone:
        return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise Unavailable(f"Temporal does not give the history of {run.id}: {error.message}") from error


async def _listed(client: Client, wanted: Wanted) -> AsyncIterator[WorkflowExecution]:
    for filter_ in _filters(wanted):
        try:
            async for run in client.list_workflows(filter_, page_size=_PAGE, rpc_timeout=_CALL):
                yield run
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise InvalidEvent(f"{wanted.query!r} is no list filter: {error.message}", field="query") from None
            raise Unavailable(f"Temporal does not list its runs: {error.message}; is it up?") from error


def _filters(wanted: Wanted) -> Iterator[str]:
    asked = [_RUNS]
    if wanted.journeys:
        asked.append(f"WorkflowType IN ({', '.join(map(_quoted, wanted.journeys))})")
    if wanted.query is not None:
        asked.append(f"({wanted.query})")
    yield " AND ".join([*asked, "ExecutionStatus = 'Running'"])
    if wanted.since is not None:
        yield " AND ".join([*asked, f"CloseTime > {_quoted(wanted.since.astimezone(UTC).isoformat())}"])


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _place(run: WorkflowExecution) -> tuple[str, ...]:
    """Where a run stands in its journey, and which build it has last run on."""
    attributes = run.typed_search_attributes
    stands = (attributes.get(search_attributes.STATE) or "", attributes.get(search_attributes.STEP) or "")
    status = run.status.name if run.status is not None else ""
    info = run.raw_info
    build = info.versioning_info.deployment_version.build_id or info.most_recent_worker_version_stamp.build_id
    return (run.workflow_type, status, *stands, build)


def _running_first(runs: Sequence[WorkflowExecution]) -> list[WorkflowExecution]:
    return sorted(runs, key=lambda run: run.status is not WorkflowExecutionStatus.RUNNING)
