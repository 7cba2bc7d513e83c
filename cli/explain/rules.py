"""The rules in the order in which they were asked, a table for each channel."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.explain.local_time import LocalTime
from cli.words import channel_in_words
from fermata.ledger.record import RuleAnswer
from fermata.policy import Opening

_MARKS = {
    Opening.NOW: ("✓", "green"),
    Opening.LATER: ("‖", "yellow"),
    Opening.NEXT_VISIT: ("‖", "yellow"),
    Opening.NEVER: ("✗", "red"),
}


def rules(trace: Iterable[RuleAnswer], clock: LocalTime) -> Iterator[RenderableType]:
    """Yields a heading and a table for each channel, in the order in which they were tried.

    Args:
        trace: What the rules answered.
        clock: The person's.
    """
    for channel, answers in groupby(trace, key=lambda answer: answer.channel):
        heading = channel_in_words(channel) if channel is not None else "the message as a whole"
        yield Group(Text(heading, style="bold"), _table(answers, clock))


def _table(answers: Iterable[RuleAnswer], clock: LocalTime) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold", min_width=len("closed until Wed 09:00"))
    table.add_column(overflow="fold", style="dim")
    # A search comes back to a rule at the instant at which it was asked before: once is enough for a reader.
    for answer in dict.fromkeys(answers):
        table.add_row(
            Text(*_MARKS[answer.verdict]),
            answer.rule.replace("_", " "),
            clock.to_the_minute(answer.local),
            _verdict(answer, clock),
            Text("; ".join(_seen(answer))),
        )
    return table


def _verdict(answer: RuleAnswer, clock: LocalTime) -> str:
    match answer.verdict:
        case Opening.NOW:
            return "passes"
        case Opening.LATER if answer.until is not None:
            return f"closed until {clock.to_the_minute(answer.until)}"
        case Opening.NEVER:
            return "says no"
    return "until next visit"


def _seen(answer: RuleAnswer) -> Iterator[str]:
    if answer.verdict is Opening.NEVER and answer.reason is not None:
        yield answer.reason.value.replace("_", " ")
    if answer.count is not None and answer.limit is not None:
        yield f"{answer.count} of {answer.limit} used"
    if answer.note:
        # It has a line for each part of a segment: too much for a column, and told in full among the facts.
        yield "see who gets it, above" if "\n" in answer.note else answer.note
