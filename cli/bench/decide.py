"""Compares deciding with the least that can be done with the same lines, many lines with few, exposures with none."""

import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from time import thread_time

from cli.bench.cases import case_lines, cases
from cli.bench.findings import Comparison, Findings, Target, compare
from cli.bench.metered import Usage, metered
from cli.bench.pairs import Measure, Tell, each, in_pairs
from cli.bench.sizes import Sizes
from fermata.policy import Facts, Policy, decide, default_policy, parse_policy
from fermata.steady_heap import freeze_heap

COMPARES = "Deciding, beside JSON alone; many lines beside few; many exposures beside none."
_JSON_ALONE = (sys.executable, str(Path(__file__).with_name("json_alone.py")))
_DECIDE = (sys.executable, "-m", "cli", "policy", "decide")
_DIFFERENT = 1_000
_IN_PROCESS = 200
_FEW = 10
_MIB = 1024 * 1024


async def bench_decide(sizes: Sizes, tell: Tell) -> Findings:
    """Measures ``fermata policy decide`` as a process, and the pure function behind it.

    Args:
        sizes: ``pairs``, ``lines`` and ``seconds`` are heeded.
        tell: Told how far it is.
    """
    comparisons = [await _beside_json(sizes, tell), await _memory(sizes, tell)]
    freeze_heap()  # as every process of Fermata that decides
    none = _decisions(default_policy(), exposures=0, seconds=sizes.seconds)
    for exposures, beside, baseline in (
        (0, "a policy without a rule", _decisions(parse_policy("version = 1"), exposures=0, seconds=sizes.seconds)),
        (5, "the same with no exposure", none),
        (20, "the same with no exposure", none),
    ):
        what = f"policy.decide, {exposures} exposures"
        ours = _decisions(default_policy(), exposures=exposures, seconds=sizes.seconds)
        pairs = await in_pairs(baseline, ours, pairs=sizes.pairs, what=what, tell=tell)
        asked = Target(of="ours", direction="at least", bound=10_000) if exposures == 20 else None
        comparisons.append(compare(what, "decisions/s of one core", beside=beside, pairs=pairs, target=asked))
    return Findings(name="decide", compares=COMPARES, comparisons=tuple(comparisons))


async def _beside_json(sizes: Sizes, tell: Tell) -> Comparison:
    lines, what = sizes.lines, "fermata policy decide"
    pairs = await in_pairs(
        _process(_JSON_ALONE, lines), _process(_DECIDE, lines), pairs=sizes.pairs, what=what, tell=tell, warm_up=False
    )
    return compare(
        what,
        f"cases/s of one core, {lines:,} lines",
        beside="orjson reads and writes the lines",
        pairs=each(pairs, lambda usage: lines / usage.cpu_seconds),
        target=Target(of="ours", direction="at least", bound=5_000),
    )


async def _memory(sizes: Sizes, tell: Tell) -> Comparison:
    few, what = max(sizes.lines // _FEW, 1), f"its peak memory, {sizes.lines:,} lines"
    pairs = await in_pairs(
        _process(_DECIDE, few), _process(_DECIDE, sizes.lines), pairs=sizes.pairs, what=what, tell=tell, warm_up=False
    )
    return compare(
        what,
        "MiB",
        beside=f"{few:,} lines",
        pairs=each(pairs, lambda usage: usage.peak_bytes / _MIB),
        target=Target(direction="at most", bound=1.05),
    )


def _process(program: tuple[str, ...], lines: int) -> Measure[Usage]:
    async def once() -> Usage:
        return await metered(program, _repeated(lines))

    return once


def _repeated(lines: int) -> Iterator[bytes]:
    """So many lines, the same different ones over and over, in pieces."""
    different = case_lines(min(lines, _DIFFERENT))
    whole = b"".join(different)
    for _ in range(lines // len(different)):
        yield whole
    yield b"".join(islice(cycle(different), lines % len(different)))


def _decisions(policy: Policy, *, exposures: int, seconds: float) -> Measure[float]:
    facts = cases(_IN_PROCESS, exposures=exposures)

    async def once() -> float:
        return _decisions_per_second(facts, policy, seconds)

    return once


def _decisions_per_second(facts: list[Facts], policy: Policy, seconds: float) -> float:
    """On the thread's own time: what the machine does meanwhile for others does not count."""
    began, done = thread_time(), 0
    while (taken := thread_time() - began) < seconds or not done:
        for case in facts:
            decide(case, policy)
        done += len(facts)
    return done / taken
