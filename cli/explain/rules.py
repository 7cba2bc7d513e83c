"""The rules in the order in which they were asked, a table for each channel."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fermata.explanation.answers import seen, verdict
from fermata.explanation.local_time import LocalTime
from fermata.ledger.record import RuleAnswer
from fermata.policy import Opening
from fermata.wording import channel_in_words

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
            verdict(answer, clock),
            Text("; ".join(seen(answer))),
        )
    return table
