"""What benchmarks found, for a person, at 80 columns: two figures, their ratio with its spread, and the target."""

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.bench.findings import Comparison, Findings, Target
from cli.bench.machine import Machine
from fermata.wording import counted


class BenchReport:
    """The report, for a console of any width from 80 columns on.

    Args:
        findings: Of each benchmark that ran.
        machine: What they ran on.
    """

    def __init__(self, findings: Sequence[Findings], machine: Machine) -> None:
        self._findings = findings
        self._machine = machine

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for found in self._findings:
            yield Text.assemble((found.name, "bold cyan"), f"  {found.compares}")
            yield Padding(_table(found), (1, 0, 0, 0), expand=False)
            for note in found.notes:
                yield Text(f"· {note}", style="dim")
            yield ""
        yield Text(self._foot(), style="dim")

    def _foot(self) -> str:
        pairs = max((len(each.pairs) for found in self._findings for each in found.comparisons), default=1)
        return (
            f"Ratio: ours / baseline, the median of {counted(pairs, 'interleaved pair')} [least..greatest]. "
            f"Measured on {self._machine.in_words}; compare ratios, not figures, with other machines."
        )


def _table(found: Findings) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("what", overflow="fold", min_width=27)
    for heading in ("baseline", "ours", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("target", no_wrap=True)
    for comparison in found.comparisons:
        table.add_row(*_row(comparison))
    return table


def _row(comparison: Comparison) -> Iterator[RenderableType]:
    yield Text.assemble(comparison.what, (f"\n{comparison.unit}; beside: {comparison.beside}", "dim"))
    whole = comparison.baseline.is_integer() and comparison.ours.is_integer()
    yield f"{comparison.baseline:,.0f}" if whole else figure(comparison.baseline)
    yield Text(f"{comparison.ours:,.0f}" if whole else figure(comparison.ours), style="bold")
    ratio = comparison.ratio
    yield Text.assemble((figure(ratio.median), "bold"), (f"\n[{figure(ratio.low)}..{figure(ratio.high)}]", "dim"))
    if comparison.target is None:
        yield ""
        return
    sign, style = ("✓", "green") if comparison.reached else ("✗", "red")
    yield Text(f"{sign} {_asked(comparison.target)}", style=style)


def _asked(target: Target) -> str:
    sign = "≥" if target.direction == "at least" else "≤"
    return f"{sign} {target.bound:,g}" + ("\n  (ours)" if target.of == "ours" else "")


def figure(value: float) -> str:
    """A number with about three digits that matter.

    Args:
        value: Not negative.
    """
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
