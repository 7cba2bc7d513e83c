"""What a backtest found, for a person: by reason with examples, then by journey, then what it cannot know."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from fermata.ledger.backtest_result import Backtest, Change, Ending, How
from fermata.vocabulary import Action

_STYLES = {Action.SEND: "green", Action.DEFER: "yellow", Action.DROP: "red"}
_HOW = {How.EARLIER: ", earlier", How.LATER: ", later", How.OTHER_CHANNEL: ", by another channel"}
_SHOWN = 20
_EXAMPLES = 2


class BacktestReport:
    """The report, for a console of any width from 80 columns on.

    Args:
        result: What was found.
        name: What the policy is called: its file.
    """

    def __init__(self, result: Backtest, name: str) -> None:
        self._result = result
        self._name = name

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        result = self._result
        yield Text.assemble(
            (f"{result.decisions:,}", "bold"),
            f" decisions since {utc_text(result.since)}, decided again under {self._name} ({result.policy[:19]})",
        )
        yield Text(self._verdict(), style="bold")
        if result.changes:
            yield _section("By reason", self._reasons())
            yield _section("By journey", self._journeys())
        notes = tuple(self._notes())
        if notes:
            yield _section("To know", Group(*notes))

    def _verdict(self) -> str:
        result = self._result
        if not result.decisions:
            return "There is nothing to decide again."
        if not result.changed:
            return "Not one would end in another way."
        return f"{result.changed:,} would end in another way ({result.changed / result.decisions:.1%})."

    def _reasons(self) -> RenderableType:
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True, justify="right", min_width=7)
        table.add_column(overflow="fold")
        for change in self._result.changes[:_SHOWN]:
            table.add_row(Text(f"{change.count:,}", style="bold"), _sentence(change))
            for example in change.examples[:_EXAMPLES]:
                table.add_row("", Text(f"fermata explain {example}", style="dim"))
        more = self._result.changes[_SHOWN:]
        if more:
            rest = f"of {len(more)} more kinds: --json has them all"
            table.add_row(Text(f"{sum(change.count for change in more):,}", style="bold"), Text(rest, style="dim"))
        return table

    def _journeys(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("journey", overflow="fold")
        table.add_column("decided", justify="right", no_wrap=True)
        table.add_column("changed", justify="right", no_wrap=True)
        for action in Action:
            table.add_column(action.value, justify="right", no_wrap=True, min_width=7)
        for shift in self._result.journeys:
            moved = (_moved(shift.after[action] - shift.before[action]) for action in Action)
            table.add_row(Text(shift.journey), f"{shift.decisions:,}", f"{shift.changed:,}", *moved)
        return table

    def _notes(self) -> Iterator[RenderableType]:
        result = self._result
        if result.unreadable:
            yield Text(f"{result.unreadable:,} could not be decided again: their recorded facts cannot be read.")
            for example in result.unreadable_examples:
                yield Text(f"  {example.id}  {example.fault}", style="dim", overflow="fold")
        if result.short_memory:
            yield Text(
                f"{result.short_memory:,} were recorded under a policy that looks less far back than this one, or that "
                "is not stored: this policy might count more exposures than their facts hold."
            )
        if result.changed:
            yield Text(
                "Each was decided for itself: what a message more or less does to later ones is not followed up."
            )


def _sentence(change: Change) -> Text:
    return Text.assemble(
        *_ending(change.before), " → ", *_ending(change.after), _HOW[change.how] if change.how is not None else ""
    )


def _ending(ending: Ending) -> tuple[tuple[str, str], str]:
    return (ending.action.value, _STYLES[ending.action]), f" {ending.reason.value}"


def _moved(difference: int) -> Text:
    return Text(f"{difference:+,}", style="bold") if difference else Text("·", style="dim")


def _section(heading: str, body: RenderableType) -> RenderableType:
    return Padding(
        Group(Text(heading, style="bold cyan"), Padding(body, (0, 0, 0, 2), expand=False)), (1, 0, 0, 0), expand=False
    )
