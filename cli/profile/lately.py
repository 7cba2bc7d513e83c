"""The newest entries of a timeline, each in a line."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from rich.text import Text

from cli.profile.wall_clock import WallClock
from fermata.view import TimelineEntry
from fermata.view.entries import (
    CardEntry,
    ConsentEntry,
    DecisionEntry,
    DeliveryEntry,
    EnrolmentEntry,
    EventEntry,
    MergeEntry,
    RunEndEntry,
)
from fermata.vocabulary import Action
from fermata.wording import channel_in_words, reason_in_words

_STYLES = {Action.SEND: "green", Action.DEFER: "yellow", Action.DROP: "red"}


def lately(entries: Iterable[TimelineEntry], clock: WallClock) -> Iterator[tuple[str | Text, ...]]:
    """Yields a line for each entry: when, what sort of thing, and what it was.

    Args:
        entries: The newest first.
        clock: The person's.
    """
    for entry in entries:
        kind = Text(entry.kind.value.replace("_", " "), "dim")
        yield clock.at(entry.at), kind, _in_words(entry)


def _in_words(entry: TimelineEntry) -> Text:
    match entry:
        case EventEntry():
            did = "; ".join(f"{journey}: {word.replace('_', ' ')}" for journey, word in entry.routing.items())
            return Text.assemble(entry.name, (f"  {did}" if did else "", "dim"))
        case DecisionEntry():
            return _decision(entry)
        case DeliveryEntry():
            why = f": {reason_in_words(entry.reason)}" if entry.reason is not None else ""
            by = f" ({entry.provider})" if entry.provider else ""
            return Text(f"{entry.message} by {channel_in_words(entry.channel)} {entry.state.value}{by}{why}")
        case ConsentEntry():
            return Text(f"{channel_in_words(entry.channel)} {entry.purpose} {entry.status.value}, {entry.source}")
        case MergeEntry():
            return Text(f"{entry.id} became part of this profile: {entry.name} is {entry.other_name}")
        case EnrolmentEntry():
            return Text(f"{entry.journey}, held out: enrolled and never reached" if entry.holdout else entry.journey)
        case CardEntry():
            state = "read" if entry.read_at is not None else "unread"
            return Text(f"{channel_in_words(entry.card)}, {state}: {entry.title or entry.message}")
        case RunEndEntry():
            why = f": {entry.reason}" if entry.reason else ""
            return Text(f"{entry.journey} {entry.state.replace('_', ' ')}{why}")
    assert_never(entry)


def _decision(entry: DecisionEntry) -> Text:
    by = f" by {channel_in_words(entry.channel)}" if entry.channel is not None else ""
    why = f", {reason_in_words(entry.reason)}"
    return Text.assemble(
        (entry.action.value, _STYLES[entry.action]), f" {entry.message}{by}{why}\n", (str(entry.id), "dim")
    )
