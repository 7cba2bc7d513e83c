"""Compares the replay of a journey of sixty days with that of a workflow by hand, and what the sandbox adds to it."""

from collections.abc import Sequence

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from cli.bench.by_hand.sixty_days import BareSixtyDays
from cli.bench.cart_crowd import Run, by_fermata, by_hand, cart_servers
from cli.bench.findings import Comparison, Findings, compare
from cli.bench.journeys.sixty_days import ReferenceSixtyDays
from cli.bench.pairs import Measure, Tell, each, in_pairs
from cli.bench.rate import per_second
from cli.bench.sizes import Sizes
from worker.plugin import fermata_plugin

COMPARES = "Twenty messages in sixty days, replayed: a workflow by hand beside ours, and ours in other sandboxes."
_TRIGGER = "Reference Sixty Days Begun"
_LEAST = ("activities", "fermata.database")
"""What has to pass through for the sandbox to work at all: asyncpg crashes when it is loaded twice."""


async def bench_replay(sizes: Sizes, tell: Tell) -> Findings:
    """Records both histories on embedded servers, and replays them in this process.

    Args:
        sizes: ``pairs`` and ``seconds`` are heeded.
        tell: Told how far it is.
    """
    tell("recording sixty days", 0, 0)
    async with cart_servers() as servers:
        async with by_hand(servers, workflow=BareSixtyDays) as crowd:
            theirs = await _history(await (await crowd(1))())
        async with by_fermata(servers, trigger=_TRIGGER) as crowd:
            ours = await _history(await (await crowd(1))())
    first_task = WorkflowHistory(ours.workflow_id, ours.events[:3])
    by_hand_replayed = _by_hand(theirs, sizes)
    comparisons = (
        await _compared(
            f"a journey of {len(ours.events)} events",
            f"{len(theirs.events)} by hand",
            by_hand_replayed,
            ours,
            sizes,
            tell,
        ),
        await _compared("the same", "no sandbox", _ours(ours, sizes, UnsandboxedWorkflowRunner()), ours, sizes, tell),
        await _compared(
            "the same", "a sandbox that passes the least", _ours(ours, sizes, _strict()), ours, sizes, tell
        ),
        await _compared(
            "a run's first task",
            "a sandbox that passes the least",
            _ours(first_task, sizes, _strict()),
            first_task,
            sizes,
            tell,
        ),
    )
    return Findings(name="replay", compares=COMPARES, comparisons=comparisons)


async def _compared(
    what: str, beside: str, baseline: Measure[float], history: WorkflowHistory, sizes: Sizes, tell: Tell
) -> Comparison:
    rates = await in_pairs(baseline, _ours(history, sizes), pairs=sizes.pairs, what=what, tell=tell)
    return compare(what, "ms a replay", beside=beside, pairs=each(rates, lambda rate: 1000 / rate))


async def _history(runs: Sequence[Run]) -> WorkflowHistory:
    return await runs[0].fetch_history()


def _by_hand(history: WorkflowHistory, sizes: Sizes) -> Measure[float]:
    return _rate(Replayer(workflows=[BareSixtyDays]), history, sizes)


def _ours(history: WorkflowHistory, sizes: Sizes, runner: WorkflowRunner | None = None) -> Measure[float]:
    return _rate(Replayer(workflows=[ReferenceSixtyDays], plugins=[fermata_plugin(runner)]), history, sizes)


def _strict() -> WorkflowRunner:
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_LEAST))


def _rate(replayer: Replayer, history: WorkflowHistory, sizes: Sizes) -> Measure[float]:
    async def work() -> int:
        await replayer.replay_workflow(history)
        return 1

    async def once() -> float:
        return await per_second([work], sizes.seconds)

    return once
