"""Broadcasts for people: a line each, one with how far it is, and what one would do."""

from collections.abc import Iterable, Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from cli.indented_rows import Row, indented, section
from cli.instants import utc_text
from fermata.broadcasts import BroadcastRecord, BroadcastState
from fermata.broadcasts.preview import Preview
from fermata.wording import channel_in_words, counted

STYLES = {
    BroadcastState.ENTERING: "cyan",
    BroadcastState.CHOOSING: "cyan",
    BroadcastState.PAUSED: "yellow",
    BroadcastState.DONE: "green",
    BroadcastState.FAILED: "red",
}
_BAR = 40  # characters


def listed(broadcasts: Iterable[BroadcastRecord]) -> Table:
    """Broadcasts as a table: id, name, the day on which it was started (UTC), how it stands, and how many have entered.

    Args:
        broadcasts: The newest first.
    """
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    shown.add_column("broadcast", no_wrap=True)
    shown.add_column("name", overflow="fold")
    shown.add_column("since", no_wrap=True)
    shown.add_column("state", no_wrap=True)
    shown.add_column("entered", justify="right", no_wrap=True)
    for each in broadcasts:
        state = Text(each.state.value, STYLES.get(each.state, ""))
        shown.add_row(str(each.id), Text(each.name), f"{each.created_at:%d %b}", state, f"{each.progress.entered:,}")
    return shown


class BroadcastPortrait:
    """One broadcast, for a console of any width from 80 columns on.

    Args:
        record: As it is kept.
        problem: Why it does not go on; None where nothing is known against it.
    """

    def __init__(self, record: BroadcastRecord, problem: str | None) -> None:
        self._record = record
        self._problem = problem

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        record = self._record
        yield Text.assemble((record.name, "bold"), ": ", (record.state.value, STYLES.get(record.state, "")))
        if self._problem is not None:
            yield Text(f"! {self._problem}", "red")
        yield indented(self._facts())
        yield from section("How far it is", self._progress())
        changes = ((utc_text(each.at), each.state.value, _who(each.by, each.why)) for each in record.changes)
        yield from section("Who said what, the oldest first", changes)

    def _facts(self) -> Iterator[Row]:
        record = self._record
        yield "broadcast", str(record.id)
        yield "journey", record.journey
        yield "for", record.segment
        yield (
            "begins",
            utc_text(record.starts_at) + (f", then {record.local_time} by each clock" if record.local_time else ""),
        )
        yield "rate", record.rate or "as fast as it goes"
        yield "holdout", f"{record.holdout:.1%}" if record.holdout else "the journey's alone"
        if record.ended_at is not None:
            yield "ended", utc_text(record.ended_at)

    def _progress(self) -> Iterator[Row]:
        progress = self._record.progress
        yield "in the segment", f"{progress.people:,}" + ("" if self._record.chosen_at else ", so far")
        if progress.people:
            done = round(_BAR * (progress.people - progress.left) / progress.people)
            yield "", Text.assemble(("━" * done, "green"), ("━" * (_BAR - done), "dim"))
        yield "entered", f"{progress.entered:,}"
        yield "held out", f"{progress.held_out:,}"
        for reason, number in progress.refused.items():
            yield "refused", f"{number:,}  {reason.replace('_', ' ')}"
        if progress.gone:
            yield "gone", f"{progress.gone:,}  merged into others, or erased"
        yield "left", f"{progress.left:,}"


class PreviewPortrait:
    """What a broadcast would do, for a console of any width from 80 columns on.

    Args:
        preview: Counted.
    """

    def __init__(self, preview: Preview) -> None:
        self._preview = preview

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        preview = self._preview
        yield Text(f"{preview.name}: {counted(preview.people, 'person', 'people')} in the segment now", "bold")
        yield indented(self._facts())
        yield from section("Whom a channel could not reach", self._channels())
        yield from section("When, by their own clocks", self._hours())

    def _facts(self) -> Iterator[Row]:
        preview = self._preview
        yield "for", preview.segment
        yield "into", preview.journey
        yield "begins", utc_text(preview.starts_at)
        yield "held out", f"{preview.held_out:,}"
        if preview.place_unknown:
            yield "zone unknown", f"{preview.place_unknown:,}: the latest of their zones counts"
        if preview.seconds_at_rate is not None:
            hours = preview.seconds_at_rate / 3600
            yield "takes", f"{hours:,.1f} hours at its rate" if hours >= 1 else f"{hours * 60:,.0f} min at its rate"
        waves = preview.waves
        if len(waves) > 1:
            yield "waves", f"{len(waves)}, from {utc_text(waves[0].at)} to {utc_text(waves[-1].at)}"

    def _channels(self) -> Iterator[Row]:
        for each in self._preview.channels:
            yield (
                channel_in_words(each.channel),
                f"{each.without_address:,} without an address",
                f"{each.said_no:,} said no",
                f"{each.said_nothing:,} said nothing",
            )

    def _hours(self) -> Iterator[Row]:
        most = max((each.people for each in self._preview.local_hours), default=1)
        for each in self._preview.local_hours:
            yield f"{each.hour:02}:00", f"{each.people:,}", Text("━" * max(1, round(_BAR * each.people / most)), "cyan")


def _who(by: str, why: str) -> str:
    return f"{by}: {why}" if why and by else by or why
