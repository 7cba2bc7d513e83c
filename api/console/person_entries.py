"""The entries of a timeline as the console shows them: a line, a tone, a place to go to, and what more there is."""

from collections.abc import Iterable
from typing import Any, assert_never

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
from fermata.vocabulary import Action, Consent, Reason
from fermata.wording import channel_in_words, reason_in_words

_TONES = {Action.SEND: "go", Action.DEFER: "hold", Action.DROP: "stop"}
_DID = {Action.SEND: "may go", Action.DEFER: "is held", Action.DROP: "is not sent"}


def entries(found: Iterable[TimelineEntry]) -> list[dict[str, Any]]:
    """Returns what a template shows of each: ``at``, ``tone``, ``head``, ``link``, ``why``, ``until`` and ``more``.

    Args:
        found: The newest first.
    """
    blank = {"tone": "", "link": "", "why": "", "until": None, "more": None}
    return [{**blank, "at": each.at, "kind": each.kind.value, **_shown(each)} for each in found]


def _shown(entry: TimelineEntry) -> dict[str, Any]:
    match entry:
        case EventEntry():
            return {"head": entry.name, "why": "; ".join(_routed(entry)), "more": entry.properties or None}
        case DecisionEntry():
            return _decision(entry)
        case DeliveryEntry():
            by = f", {entry.provider}" if entry.provider else ""
            why = reason_in_words(entry.reason) if entry.reason is not None else ""
            head = f"{entry.message} by {channel_in_words(entry.channel)}: {entry.state.value}{by}"
            return {"head": head, "why": why, "link": f"/console/decisions/{entry.id}"}
        case ConsentEntry():
            tone = "go" if entry.status is Consent.GRANTED else "stop"
            head = f"{channel_in_words(entry.channel)}, {entry.purpose}: {entry.status.value}"
            return {"head": head, "why": f"said at {entry.source}", "tone": tone}
        case MergeEntry():
            return {"head": "Another profile became part of this one", "why": f"{entry.name} is {entry.other_name}"}
        case EnrolmentEntry():
            why = "held out: enrolled and never reached, to compare" if entry.holdout else ""
            head = f"{entry.journey.replace('_', ' ')} began"
            return {"head": head, "why": why, "link": f"/console/runs/{entry.id}"}
        case CardEntry():
            state = "read" if entry.read_at is not None else "unread"
            return {"head": f"{channel_in_words(entry.card)} card, {state}: {entry.title or entry.message}"}
        case RunEndEntry():
            head = f"{entry.journey.replace('_', ' ')} ended: {entry.state.replace('_', ' ')}"
            return {"head": head, "why": entry.reason or "", "link": f"/console/runs/{entry.id}"}
    assert_never(entry)


def _decision(entry: DecisionEntry) -> dict[str, Any]:
    by = f" by {channel_in_words(entry.channel)}" if entry.channel is not None else ""
    return {
        "head": f"{entry.message}{by} {_DID[entry.action]}",
        "why": reason_in_words(entry.reason),
        "until": entry.next_eligible_at,
        "tone": _TONES[entry.action],
        "link": f"/console/decisions/{entry.id}",
    }


def _routed(entry: EventEntry) -> Iterable[str]:
    for journey, word in entry.routing.items():
        said = reason_in_words(Reason(word)) if word in set(Reason) else word.replace("_", " ")
        yield f"{journey.replace('_', ' ')}: {said}"
