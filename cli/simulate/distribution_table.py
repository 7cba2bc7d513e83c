"""What came of many simulated people, as people read it: shares, reasons and hours."""

from collections.abc import Iterator, Mapping

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from cli.indented_rows import indented
from cli.simulate.distribution import Distribution
from cli.simulate.timeline import reason_of
from fermata.vocabulary import Action
from fermata.wording import channel_in_words, counted

_BAR = 28
_ACTIONS = {Action.SEND: ("sent", "green"), Action.DEFER: ("held", "yellow"), Action.DROP: ("not sent", "red")}
_STATES = {"converted": "green", "failed": "red", "holdout": "dim"}


class DistributionTable:
    """A distribution, for a console.

    Args:
        found: What came of it.
    """

    def __init__(self, found: Distribution) -> None:
        self._found = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found = self._found
        yield Text(f"\n{found.journey}, {counted(found.people, 'person', 'people')}", style="bold")
        yield indented(self._entries())
        yield from self._bars("How the runs came out", {key: (n, _state(key)) for key, n in found.ends.items()})
        yield from self._bars("What would have gone out", {channel_in_words(c): (n, "") for c, n in found.sent.items()})
        if found.messages:
            yield Text("\nBy message", style="bold")
            yield indented(self._messages())
        yield Text("\nWhy", style="bold")
        yield indented(self._reasons())
        if found.hours:
            hours = {f"{hour:02}:00": (found.hours.get(hour, 0), "") for hour in range(24)}
            yield from self._bars("At which hour of their day", hours)

    def _entries(self) -> Iterator[tuple[Text, ...]]:
        found = self._found
        yield Text(f"{found.entered:,}"), Text("began it")
        for reason, count in found.not_entered.items():
            yield Text(f"{count:,}"), Text(f"did not: {reason_of(reason)}")
        yield Text(f"{found.reached:,}"), Text(f"would have got a message, the most {found.most_to_one} to one of them")

    def _messages(self) -> Iterator[tuple[Text, ...]]:
        for message in self._found.messages:
            went = ", ".join(f"{count:,} {channel_in_words(channel)}" for channel, count in message.sent.items())
            rest = f"; held {message.held:,} times, not sent {message.dropped:,}"
            yield Text(message.message), Text(f"{went or 'none'}{rest}")

    def _reasons(self) -> Iterator[tuple[Text, ...]]:
        for action, reasons in self._found.reasons.items():
            word, style = _ACTIONS[action]
            for reason, count in reasons.items():
                yield Text(f"{count:,}"), Text(word, style), Text(f"{reason_of(reason)} ({reason})")

    def _bars(self, title: str, counts: Mapping[str, tuple[int, str]]) -> Iterator[Text | Padding]:
        if not counts:
            return
        total, most = sum(count for count, _ in counts.values()), max(count for count, _ in counts.values())
        yield Text(f"\n{title}", style="bold")
        yield indented(
            (
                Text(name, style),
                Text(f"{count:,}" if count else "", justify="right"),
                Text(f"{count / total:.0%}" if count else "", justify="right"),
                Text("█" * round(_BAR * count / most), "cyan"),
            )
            for name, (count, style) in counts.items()
        )


def _state(name: str) -> str:
    return _STATES.get(name.partition(":")[0], "")
