"""A simulation as people read it: a timeline on the person's clock, with what would have gone out."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.simulate.moments import Moment, Outgoing
from fermata.vocabulary import Action, Reason
from fermata.wording import channel_in_words, reason_in_words

_MARKS = {
    "event": ("●", "cyan"),
    "wait": ("◷", "dim"),
    "ended": ("■", "bold"),
    Action.SEND: ("✓", "green"),
    Action.DEFER: ("‖", "yellow"),
    Action.DROP: ("✗", "red"),
}
_ENDS = {
    "converted": "ends at its goal: {}",
    "completed": "comes to its last line",
    "exited": "ends early: {}",
    "timed_out": "has lasted as long as it may: {}",
    "failed": "fails: {}",
    "holdout": "is not begun, to compare: {}",
}
_CODES = frozenset(reason.value for reason in Reason)
_LINES_SHOWN = 4
_FEW = 90  # characters of a line, so that it fits beside the clock


class Timeline:
    """Moments, for a console.

    Args:
        moments: In order.
        full: Whether every word of what would have gone out is shown; otherwise its beginning.
    """

    def __init__(self, moments: Sequence[Moment], *, full: bool = False) -> None:
        self._moments = moments
        self._full = full
        self._several_people = len({moment.person for moment in moments}) > 1
        self._several_journeys = len({moment.journey for moment in moments if moment.journey is not None}) > 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        day: date | None = None
        table = _table()
        for moment in self._moments:
            if moment.local.date() != day:
                if day is not None:
                    yield Padding(table, (0, 0, 0, 2))
                day, table, clock = moment.local.date(), _table(), ""
                yield Text(f"\n{moment.local:%A} {day.day} {moment.local:%B %Y}", style="bold")
            shown = f"{moment.local:%H:%M}"
            mark, style = _MARKS[moment.action or moment.kind]
            table.add_row("" if shown == clock else shown, Text(mark, style), self._told(moment))
            clock = shown
        if day is not None:
            yield Padding(table, (0, 0, 0, 2))

    def _told(self, moment: Moment) -> Table:
        told = Table.grid()
        told.add_column(overflow="fold")
        who = f"{moment.person}: " if self._several_people else ""
        told.add_row(Text.assemble((who, "dim"), sentence(moment, full=self._full), (self._whose(moment), "dim")))
        if moment.outgoing is not None:
            for line in self._words(moment.outgoing):
                told.add_row(line)
        return told

    def _whose(self, moment: Moment) -> str:
        """The journey, where there are several and the sentence does not name it."""
        named = moment.kind in ("event", "ended") or moment.journey is None
        return "" if named or not self._several_journeys else f" [{moment.journey}]"

    def _words(self, outgoing: Outgoing) -> Iterator[Text]:
        to = f"to {outgoing.address}" if outgoing.address else ""
        if to:
            yield Text(f"    {to}", style="dim")
        for name, value in outgoing.content.items():
            if name == "html":
                size = len(str(value).encode())
                yield Text(f"    html: {size:,} bytes; fermata template preview shows them", style="dim")
            elif value:
                yield from self._part(name, str(value))

    def _part(self, name: str, value: str) -> Iterator[Text]:
        lines = value.strip().split("\n")
        if len(lines) == 1:
            yield Text.assemble("    ", (f"{name}: ", "dim"), lines[0] if self._full else _cut(lines[0]))
            return
        shown = lines if self._full else [_cut(line) for line in lines if line.strip()][:_LINES_SHOWN]
        yield Text(f"    {name}:", style="dim")
        for line in shown:
            yield Text(f"      {line}")
        if not self._full and len(shown) < len([line for line in lines if line.strip()]):
            yield Text("      … (--full shows all of it)", style="dim")


def sentence(moment: Moment, *, full: bool = False) -> Text:
    """What happened, in a sentence.

    Args:
        moment: One of a simulation.
        full: Whether all is said that is known of why an event begins nothing; otherwise its beginning.
    """
    match moment.kind:
        case "event":
            return _event(moment, full=full)
        case "wait":
            return _wait(moment)
        case "ended":
            told = _ENDS.get(moment.what, f"ends, {moment.what}: {{}}").format(moment.reason or "no reason recorded")
            return Text.assemble((moment.journey or "", "bold"), f" {told}")
        case _:
            return _decision(moment)


def _event(moment: Moment, *, full: bool) -> Text:
    told = Text(moment.what)
    for journey, result in moment.routing.items():
        why = moment.explanations.get(journey) or reason_of(result)
        shown = why if full or "\n" not in why else f"{reason_of(result)}, --full says why"
        if result == "started":
            told.append(f"; {journey} begins")
        elif result in ("reached", Reason.ALREADY_ENROLLED):
            told.append(f"; {journey} is told", style="dim")
        else:
            told.append(f"; begins no {journey}: {shown} ({result})", style="yellow")
    if not moment.routing:
        told.append("; concerns no journey here", style="dim")
    return told


def _wait(moment: Moment) -> Text:
    told = f"{moment.what or 'Wait'}, until {_when(moment.until, moment)}"
    if moment.ended_at is None:
        return Text(f"{told}; goes on", style="dim")
    early = moment.until is not None and moment.ended_at < moment.until
    return Text(f"{told}; ended {_when(moment.ended_at, moment)}" if early else told, style="dim")


def _decision(moment: Moment) -> Text:
    reason = moment.reason or ""
    by = f" by {channel_in_words(moment.channel)}" if moment.channel is not None else ""
    why = f"{reason_of(reason)} ({reason})"
    if moment.action is Action.DEFER:
        until = f"until {_when(moment.until, moment)}" if moment.until is not None else "until the next visit"
        return Text.assemble((moment.what, "bold"), f"{by} is held {until}: {why}")
    if moment.action is Action.DROP:
        return Text.assemble((moment.what, "bold"), f" is not sent: {why}")
    gone = "goes out" if moment.outgoing is not None else "may go, and does not go out"
    return Text.assemble((moment.what, "bold"), f" {gone}{by}: {why}")


def _when(instant: datetime | None, moment: Moment) -> str:
    """On the person's clock; with the day, where it is another one."""
    if instant is None:
        return "no end"
    local = instant.astimezone(moment.local.tzinfo)
    same = local.date() == moment.local.date()
    return f"{local:%H:%M}" if same else f"{local:%a} {local.day} {local:%b %H:%M}"


def reason_of(code: str) -> str:
    """A reason's code in words; as it is, where it is none."""
    return reason_in_words(Reason(code)) if code in _CODES else code


def _cut(line: str) -> str:
    return line if len(line) <= _FEW else f"{line[:_FEW]}…"


def _table() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim", min_width=5)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table
