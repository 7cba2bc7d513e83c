"""One decision, explained to a person: how it ended, about whom, on which facts, and what every rule said."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.explain.rules import rules
from cli.instants import utc_text
from fermata.explanation.facts import facts_in_words
from fermata.explanation.local_time import LocalTime
from fermata.explanation.outcome import delivery, outcome
from fermata.ledger.record import DecisionRecord
from fermata.vocabulary import Action

_STYLES = {Action.SEND: "green", Action.DEFER: "yellow", Action.DROP: "red"}
_VERSION_SHOWN = len("sha256:") + 12


class Explanation:
    """A decision, for a console of any width from 80 columns on.

    Args:
        record: All that is kept of it.
    """

    def __init__(self, record: DecisionRecord) -> None:
        self._record = record
        self._clock = LocalTime(record)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        record = self._record
        yield Text(outcome(record, self._clock), style="bold")
        yield Text.assemble((record.action.value, f"bold {_STYLES[record.action]}"), " ", (record.reason.value, "dim"))
        yield _indented(_pairs(self._circumstances()))
        yield _section("What it was decided on", _pairs(facts_in_words(record, self._clock)))
        asked = f"What the rules said, asked about an instant on the clock of {self._clock.zone}"
        yield _section(asked, _spaced(rules(record.trace, self._clock)))

    def _circumstances(self) -> Iterator[tuple[str, str]]:
        record = self._record
        yield "decision", str(record.id)
        yield "profile", str(record.profile_id)
        yield "message", f"{record.message}, {record.purpose.value}, priority {record.priority}"
        times = f", decision {record.visit} on this step" if record.visit > 1 else ""
        yield "journey", f"{record.journey}, step {record.step}{times}"
        yield "decided", f"{self._clock.in_full(record.decided_at)} {self._clock.zone}"
        yield "in UTC", f"{record.decided_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        yield "policy", record.policy[:_VERSION_SHOWN]
        yield "in force", self._in_force()
        sent = delivery(record, self._clock)
        if sent is not None:
            yield "delivery", sent
        if record.decided_again is not None:
            yield "then", f"decided again: fermata explain {record.decided_again}"

    def _in_force(self) -> str:
        since = self._record.in_force
        if since is None:
            return "no activation of this policy before the decision is on record"
        note = f": {since.note}" if since.note else ""
        return f"since {utc_text(since.activated_at)}, by {since.author}{note}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim", min_width=14)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, Text(value))
    return table


def _spaced(blocks: Iterable[RenderableType]) -> RenderableType:
    return Group(*(Padding(block, (1 if number else 0, 0, 0, 0)) for number, block in enumerate(blocks)))


def _indented(body: RenderableType) -> RenderableType:
    return Padding(body, (1, 0, 0, 2), expand=False)


def _section(heading: str, body: RenderableType) -> RenderableType:
    return Padding(
        Group(Text(heading, style="bold cyan"), Padding(body, (0, 0, 0, 2), expand=False)), (1, 0, 0, 0), expand=False
    )
