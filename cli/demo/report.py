"""The report that a person reads: small tables, reasons in words, and two checks."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.demo.holds import holds
from cli.demo.observation import Observation, Places
from cli.demo.storytelling import tell, title
from fermata.vocabulary import Action, Channel
from fermata.wording import channel_in_words, counted, reason_in_words

_ACTIONS = {Action.SEND: "green", Action.DEFER: "yellow", Action.DROP: "red"}
_ALWAYS_SHOWN = (Channel.EMAIL, Channel.PUSH, Channel.SMS, Channel.IN_APP, Channel.ADS)


class Report:
    """What happened, for a console of any width from 80 columns on.

    Args:
        observation: What happened.
        headline: One sentence on whose events these were.
        notes: Things that the reader should know, each a sentence.
    """

    def __init__(self, observation: Observation, headline: str, notes: Sequence[str]) -> None:
        self._seen = observation
        self._headline = headline
        self._notes = notes

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._headline, style="bold")
        if self._notes:
            yield Padding(
                Group(*(_hanging(Text("!", style="bold yellow"), note) for note in self._notes)), (1, 0, 0, 0)
            )
        yield _section("Events and runs", self._events_and_runs())
        yield _section("Decisions", self._decisions())
        yield _section("Messages that went out", self._messages())
        if self._seen.held:
            yield _section(f"Held ({len(self._seen.held):,})", holds(self._seen.held, self._seen.at))
        if self._seen.story is not None:
            yield _section(title(self._seen.story), tell(self._seen.story, self._seen.at))
        yield _section("Checked", self._checks())

    def _events_and_runs(self) -> RenderableType:
        events, runs = self._seen.events, self._seen.runs
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True, min_width=8)
        for _ in range(3):
            table.add_column(no_wrap=True, justify="right", min_width=5)
            table.add_column(no_wrap=True, style="dim", min_width=12)
        rows = {
            "events": (("accepted", events.accepted), ("sent twice", events.duplicates), ("refused", events.rejected)),
            "runs": (("started", runs.started), ("going on", runs.active), ("in the holdout", runs.holdout)),
            "": (("converted", runs.converted), ("completed", runs.completed), ("exited", runs.exited)),
        }
        unusual = tuple(pair for pair in (("timed out", runs.timed_out), ("failed", runs.failed)) if pair[1])
        for label, pairs in (*rows.items(), ("", unusual)):
            if pairs:
                table.add_row(label, *(cell for name, number in pairs for cell in (_number(number), name)))
        return table

    def _decisions(self) -> RenderableType:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right", min_width=4)
        table.add_column(no_wrap=True)
        table.add_column(style="dim", overflow="fold")
        for action, style in _ACTIONS.items():
            label = Text(action.value, style=f"bold {style}")
            reasons = self._seen.decisions.get(action, {})
            if not reasons:
                table.add_row(label, _number(0), "", "")
            for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
                table.add_row(label, _number(count), reason.value, reason_in_words(reason))
                label = Text()
        return table

    def _messages(self) -> RenderableType:
        sent = self._seen.messages
        shown = [*_ALWAYS_SHOWN, *(channel for channel, n in sent.items() if n and channel not in _ALWAYS_SHOWN)]
        table = Table.grid(padding=(0, 3, 0, 0))
        figures = ((_number(sent.get(channel, 0)), f" {channel_in_words(channel)}") for channel in shown)
        table.add_row(*(Text.assemble(number, (name, "dim")) for number, name in figures))
        if not self._seen.taken_back:
            return table
        late = f"and {counted(self._seen.taken_back, 'send')} taken back: the goal came first, or the provider refused"
        return Group(table, Text(late, style="dim"))

    def _checks(self) -> RenderableType:
        seen = self._seen
        beyond = len(seen.caps.violations)
        lines: list[RenderableType] = [
            _hanging(
                _tick(not beyond),
                f"{counted(beyond, 'message')} beyond a cap, among {counted(seen.caps.exposures, 'exposure')} of "
                f"{counted(seen.caps.people, 'person', 'people')}, counted apart from the code that decides",
            ),
            *(
                _hanging(Text(" "), f"{one.rule}: {one.exposures} to profile {one.profile_id}")
                for one in seen.caps.violations[:3]
            ),
            _hanging(
                _tick(seen.smtp_received == seen.emails_in_ledger),
                f"{counted(seen.emails_in_ledger, 'email')} sent, says the ledger; "
                f"{seen.smtp_received:,} received, says the SMTP server",
            ),
        ]
        return Group(*lines)


def print_links(console: Console, places: Places) -> None:
    """Prints where to look further, each address on a line of its own, however long: it shall be clicked or copied.

    Args:
        console: Where to.
        places: The addresses.
    """
    console.print("\n[bold cyan]Look further[/]")
    addresses = {"Temporal UI": places.temporal_ui, "this run": places.run, "API": f"{places.api}/docs"}
    for name, address in addresses.items():
        if address is not None:
            console.print(Text.assemble(f"  {name:<11}  ", (address, f"link {address}")), soft_wrap=True)


def _section(heading: str, body: RenderableType) -> RenderableType:
    return Padding(Group(Text(heading, style="bold cyan"), Padding(body, (0, 0, 0, 2))), (1, 0, 0, 0))


def _hanging(mark: Text, sentence: str) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(mark, Text(sentence))
    return table


def _number(number: int) -> Text:
    return Text(f"{number:,}", style="bold" if number else "dim")


def _tick(fine: bool) -> Text:
    return Text("✓", style="bold green") if fine else Text("✗", style="bold red")
