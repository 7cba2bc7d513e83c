"""What is held, for a person to read: by message, channel and reason, with the times at which it can go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.demo.observation import Held
from fermata.vocabulary import Channel, Reason
from fermata.wording import channel_in_words, reason_in_words, span, until

_TIMES_SHOWN = 3


def holds(held: Sequence[Held], now: datetime) -> RenderableType:
    """One block for each message, channel and reason, the largest first, with the next times in it.

    Args:
        held: All that is held.
        now: The present, aware.
    """
    blocks: dict[tuple[str, Channel, Reason], list[Held]] = {}
    for one in held:
        blocks.setdefault((one.message, one.channel, one.reason), []).append(one)
    largest_first = sorted(blocks.items(), key=lambda block: (-len(block[1]), block[0]))
    return Group(*(part for key, block in largest_first for part in (_heading(*key), _times(block, now))))


def _heading(message: str, channel: Channel, reason: Reason) -> Text:
    what = f"{message} by {channel_in_words(channel)}"
    return Text.assemble((what, "bold"), f": {reason_in_words(reason)} ", (reason.value, "dim"))


def _times(block: Iterable[Held], now: datetime) -> RenderableType:
    alike = Counter((one.until, one.time_zone) for one in block)
    soonest_first = sorted(alike.items(), key=lambda pair: (pair[0][0] is None, pair[0][0] or now, pair[0][1] or ""))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, justify="right", min_width=5)
    table.add_column(overflow="fold")
    for (end, zone), number in soonest_first[:_TIMES_SHOWN]:
        table.add_row(f"{number:,}", until(end, zone, now) if end is not None else "at the next visit")
    later = soonest_first[_TIMES_SHOWN:]
    if later:
        ends = [end for (end, _), _ in later if end is not None]
        last = f", the last in {span(max(ends) - now)}" if ends else ""
        table.add_row(f"{sum(number for _, number in later):,}", Text(f"later{last}", style="dim"))
    return table
