"""Decides recorded decisions again under another policy: one pass over a server-side cursor, in constant memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound, PolicyError
from fermata.ledger.backtest_result import Backtest, Change, Ending, JourneyShift, UnreadableDecision
from fermata.ledger.deciders import deciders
from fermata.ledger.policies import stored_policy
from fermata.ledger.redecide import Recorded, Tally, redecide
from fermata.policy import Policy, parse_policy
from fermata.policy.horizon import horizon
from fermata.vocabulary import Action, Reason

_QUERIES = Queries("fermata.ledger", "backtest.sql")
_CHUNK = 500
_WORTH_A_PROCESS = 10_000
"""Decisions: about as many as one process decides while others are being started."""


async def backtest(
    pool: Pool,
    document: str,
    *,
    since: datetime,
    until: datetime,
    processes: int = 1,
    source: str = "policy",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Backtest:
    """Decides recorded decisions again, each on the facts that it was made on. Nothing is written.

    What a decision would have changed for later ones (an exposure more, a slot free) is not followed up.

    Args:
        pool: Connections to the ledger's database; one is used.
        document: The other policy, in TOML.
        since, until: Which decisions: from the one instant on, up to the other. Both aware.
        processes: How many may decide at once.
        source: What errors call the document.
        progress: Told how many are done, and of how many.

    Raises:
        InvalidPolicy: With all the faults of the document.
    """
    policy = parse_policy(document, source)
    # One snapshot: what is decided meanwhile is not in it, and no row is seen twice.
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        total = await connection.fetchval(_QUERIES["count"], since, until)
        tally = await _decide_again(
            _recorded(connection, since, until),
            document,
            processes=processes if total >= _WORTH_A_PROCESS else 1,
            told=lambda done: progress(done, total),
        )
        short_memory = await _short_memory(connection, tally, policy)
    return _result(tally, policy.version, since, until, short_memory)


async def _recorded(connection: Connection, since: datetime, until: datetime) -> AsyncIterator[list[Recorded]]:
    """Reads the decisions chunk by chunk: never more of them than one chunk is here."""
    cursor = await connection.cursor(_QUERIES["recorded"], since, until)
    while rows := await cursor.fetch(_CHUNK):
        yield [Recorded(*row) for row in rows]


async def _decide_again(
    chunks: AsyncIterator[list[Recorded]], document: str, *, processes: int, told: Callable[[int], None]
) -> Tally:
    tally = Tally()
    loop = asyncio.get_running_loop()
    under_way: deque[asyncio.Future[Tally]] = deque()

    async def take_the_first() -> None:
        tally.add(await under_way.popleft())
        told(tally.decisions + tally.unreadable)

    with deciders(processes) as executor:
        async for chunk in chunks:
            under_way.append(loop.run_in_executor(executor, redecide, document, chunk))
            if len(under_way) > 2 * processes:
                await take_the_first()
        while under_way:
            await take_the_first()
    return tally


async def _short_memory(connection: Connection, tally: Tally, policy: Policy) -> int:
    """Counts the decisions whose facts were read for a policy that looks less far back, or for one nobody knows."""
    wanted, found = horizon(policy), 0
    for version, decisions in tally.policies.items():
        try:
            then = parse_policy((await stored_policy(connection, version)).document)
        except (NotFound, PolicyError):
            found += decisions
            continue
        if horizon(then) < wanted:
            found += decisions
    return found


def _result(tally: Tally, version: str, since: datetime, until: datetime, short_memory: int) -> Backtest:
    changes = tuple(
        Change(
            before=Ending(action=Action(kind.action_before), reason=Reason(kind.reason_before)),
            after=Ending(action=Action(kind.action_after), reason=Reason(kind.reason_after)),
            how=kind.how,
            count=count,
            examples=tuple(tally.examples[kind]),
        )
        for kind, count in sorted(tally.changes.items(), key=lambda pair: (-pair[1], pair[0][:4], pair[0].how or ""))
    )
    return Backtest(
        policy=version,
        since=since,
        until=until,
        decisions=tally.decisions,
        changed=tally.changes.total(),
        changes=changes,
        journeys=_journeys(tally),
        unreadable=tally.unreadable,
        unreadable_examples=tuple(
            UnreadableDecision(id=each, fault=fault) for each, fault in tally.unreadable_examples
        ),
        short_memory=short_memory,
    )


def _journeys(tally: Tally) -> tuple[JourneyShift, ...]:
    names = {journey for journey, _ in tally.before}
    shifts = [
        JourneyShift(
            journey=name,
            decisions=sum(tally.before[name, action] for action in Action),
            changed=tally.changed_by_journey[name],
            before={action: tally.before[name, action] for action in Action},
            after={action: tally.after[name, action] for action in Action},
        )
        for name in names
    ]
    return tuple(sorted(shifts, key=lambda shift: (-shift.changed, shift.journey)))
