"""Compares 09:00 in the largest time zone with and without its plan: how long what was held overnight waits."""

import random
from collections.abc import Sequence
from datetime import timedelta

from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.morning_plan import PLANS, Plan
from cli.bench.pairs import Pair, Tell
from cli.bench.queueing import pass_through, percentile
from cli.bench.sizes import Sizes

COMPARES = (
    "All that was held overnight, at 09:00 in the largest zone: let go at once beside spread as planned. Simulated."
)
_SHARES = (0.5, 0.95, 0.99)
_SEED = 9
_PEOPLE_FOR_A_ROW = 100


async def bench_morning(sizes: Sizes, tell: Tell) -> Findings:
    """Simulates one shard of each plan: they share nothing.

    Args:
        sizes: ``rows`` is heeded: beyond the smallest no deployment of more than a hundred people for each.
        tell: Told how far it is.
    """
    comparisons, notes = [], []
    for number, plan in enumerate(PLANS):
        if number > 0 and plan.profiles > sizes.rows * _PEOPLE_FOR_A_ROW:
            continue
        tell("simulating a morning", number, len(PLANS))
        waits = [_waits(plan, spread) for spread in (timedelta(0), plan.spread)]
        comparisons += [_compared(plan, share, *waits) for share in _SHARES]
        notes.append(_note(plan, waits[1]))
    return Findings(name="morning", compares=COMPARES, comparisons=tuple(comparisons), notes=tuple(notes))


def places(count: int, spread: timedelta, chance: random.Random) -> list[float]:
    """When the timers of a crowd end, in seconds after 09:00: everybody at a place of their own.

    Args:
        count: How many they are.
        spread: Over how long; all at once where it is zero.
        chance: Draws the places.
    """
    return sorted(chance.uniform(0, spread.total_seconds()) for _ in range(count))


def _waits(plan: Plan, spread: timedelta) -> Sequence[float]:
    """How long each waits from its own place until it is out."""
    due = places(plan.held // plan.shards, spread, random.Random(_SEED))  # noqa: S311 - nothing is secret about it
    return [out - place for place, out in zip(due, pass_through(due, plan.stages(), _SEED), strict=True)]


def _compared(plan: Plan, share: float, at_once: Sequence[float], spread: Sequence[float]) -> Comparison:
    return compare(
        f"{plan.profiles:,} people, {plan.held:,} held, {share:.0%} wait less than",
        "s",
        beside="all let go at once",
        pairs=[Pair(percentile(at_once, share), percentile(spread, share))],
        target=Target(of="ours", direction="at most", bound=plan.within.total_seconds())
        if share == max(_SHARES)
        else None,
    )


def _note(plan: Plan, waits: Sequence[float]) -> str:
    narrowest = min(plan.stages(), key=lambda stage: stage.capacity)
    minutes = plan.spread.total_seconds() / 60
    asked = plan.held / plan.shards / plan.spread.total_seconds()
    return (
        f"{plan.profiles:,} people: {plan.shards} x {asked:,.0f} messages a second over {minutes:.0f} min; the"
        f" narrowest stage ({narrowest.name}) takes {narrowest.capacity:,.0f}; the longest wait is {max(waits):.1f} s"
    )
