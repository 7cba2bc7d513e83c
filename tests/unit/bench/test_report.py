"""The report fits 80 columns, and says figures as people read them."""

from io import StringIO

import pytest
from rich.console import Console

from cli.bench.findings import Findings, Target, compare
from cli.bench.machine import Machine
from cli.bench.pairs import Pair
from cli.bench.report import BenchReport, figure

MACHINE = Machine(cores=2, system="Linux x86_64", python="3.11.7")


def told(*findings: Findings) -> str:
    console = Console(file=StringIO(), width=80, highlight=False)
    console.print(BenchReport(findings, MACHINE))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_it_shows_both_figures_the_ratio_with_its_spread_and_the_target() -> None:
    comparison = compare(
        "a thing with a name that is rather long, as names of measurements are",
        "things/s",
        beside="another thing, whose name is as long as that of the first, or longer",
        pairs=[Pair(200_000.0, 100_000.0), Pair(200_000.0, 150_000.0), Pair(200_000.0, 120_000.0)],
        target=Target(direction="at least", bound=0.65),
    )
    text = told(
        Findings(name="it", compares="One with another.", comparisons=(comparison,), notes=("Seen: " + "x " * 60,)),
    )
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        "it  One with another.",
        "200,000",
        "120,000",
        "0.60",
        "[0.50..0.75]",
        "✗ ≥ 0.65",
        "3 interleaved pairs",
    ):
        assert part in text


def test_counts_are_whole_numbers_and_a_target_of_our_own_figure_says_so() -> None:
    comparison = compare(
        "events",
        "a run",
        beside="less",
        pairs=[Pair(56.0, 67.0)],
        target=Target(of="ours", direction="at most", bound=10_000),
    )
    text = told(Findings(name="it", compares="", comparisons=(comparison,)))
    assert " 56 " in text
    assert " 67 " in text
    assert "✓ ≤ 10,000" in text
    assert "(ours)" in text
    assert "1 interleaved pair [" in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (123456.7, "123,457"),
        (99.96, "100"),
        (12.0, "12"),
        (12.34, "12.3"),
        (1.0, "1.00"),
        (0.1, "0.10"),
        (0.0461, "0.046"),
    ],
)
def test_a_figure_keeps_the_digits_that_matter(value: float, shown: str) -> None:
    assert figure(value) == shown
