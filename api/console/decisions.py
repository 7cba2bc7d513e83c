"""Decisions: a list that can be narrowed, and each one with its facts, its rules' answers and what came of it."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby
from typing import Annotated, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.console.console_route import ConsoleRoute
from api.console.guard import Guard, Viewer
from api.console.plain import plain
from api.console.rendering import render
from fermata.database import Pool
from fermata.errors import InvalidEvent
from fermata.explanation.answers import seen, verdict
from fermata.explanation.facts import facts_in_words
from fermata.explanation.local_time import LocalTime
from fermata.explanation.outcome import delivery, outcome
from fermata.ledger.decisions import list_decisions, read_decision
from fermata.ledger.record import DecisionPage, DecisionRecord, RuleAnswer
from fermata.ledger.sifting import LOOKED_THROUGH, Sieve, sift_decisions
from fermata.policy import Opening
from fermata.vocabulary import Action, Channel, Reason

_A_PAGE = 50
_TONES = {Opening.NOW: "go", Opening.LATER: "hold", Opening.NEXT_VISIT: "hold", Opening.NEVER: "stop"}
Word = TypeVar("Word", bound=StrEnum)
Text = Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")]


def router(pool: Pool, guard: Guard) -> APIRouter:
    """The routes.

    Args:
        pool: Where decisions are kept.
        guard: Who may look.
    """
    routes = APIRouter(prefix="/decisions", route_class=ConsoleRoute)

    @routes.get("")
    async def show(
        request: Request,
        viewer: Annotated[Viewer, Depends(guard.viewer)],
        journey: Text = "",
        channel: Text = "",
        action: Text = "",
        reason: Text = "",
        cursor: Text = "",
    ) -> Response:
        # A form sends a field that is left open as an empty one.
        sieve = Sieve(journey or None, word(Channel, channel), word(Action, action), word(Reason, reason))
        page = await _page(pool, sieve, cursor or None)
        asked = {"journey": journey, "channel": channel, "action": action, "reason": reason}
        values = {
            "asked": asked,
            "actions": list(map(str, Action)),
            "reasons": sorted(map(str, Reason)),
            "channels": list(map(str, Channel)),
            "decisions": plain(page.items),
            "looked_through": LOOKED_THROUGH,
            **pages(request.url.path, asked, page.next_cursor, cursor),
        }
        return render("decisions", viewer, values, title="Decisions", section="decisions")

    @routes.get("/{decision}")
    async def show_one(decision: UUID, viewer: Annotated[Viewer, Depends(guard.viewer)]) -> Response:
        record = await read_decision(pool, decision)
        title = f"{record.message}: {record.action}"
        return render("decision", viewer, _in_full(record), title=title, section="decisions")

    return routes


def _in_full(record: DecisionRecord) -> dict[str, object]:
    """What the page of one decision shows."""
    clock, words_of_their_own = LocalTime(record), ("facts", "trace", "delivery")
    kept = [name for name in type(record).model_fields if name not in words_of_their_own]
    return {
        "decision": {name: plain(getattr(record, name)) for name in kept},
        "outcome": outcome(record, clock),
        "delivery": delivery(record, clock),
        "zone": clock.zone,
        "decided_there": clock.in_full(record.decided_at),
        "facts": [{"name": name, "words": words} for name, words in facts_in_words(record, clock)],
        "channels": _answers(record, clock),
    }


def pages(path: str, asked: Mapping[str, str], next_cursor: str | None, cursor: str) -> dict[str, object]:
    """Where the pages of a list lead.

    Args:
        path: Of the list.
        asked: What it is narrowed by.
        next_cursor: Of the page after; None on the last.
        cursor: Of this page; empty on the first.
    """
    kept = {name: value for name, value in asked.items() if value}
    first = f"{path}?{urlencode(kept)}" if kept else path
    after = f"{path}?{urlencode({**kept, 'cursor': next_cursor})}" if next_cursor is not None else None
    return {"first_page": first, "next_page": after, "is_later_page": bool(cursor)}


async def _page(pool: Pool, sieve: Sieve, cursor: str | None) -> DecisionPage:
    if sieve.journey is not None or sieve.channel is not None:
        return await sift_decisions(pool, sieve, limit=_A_PAGE, cursor=cursor)
    return await list_decisions(pool, action=sieve.action, reason=sieve.reason, limit=_A_PAGE, cursor=cursor)


def word(kind: type[Word], text: str) -> Word | None:
    """Reads a word of a form; None for an empty one.

    Raises:
        InvalidEvent: There is no such word.
    """
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise InvalidEvent(f"{text!r} is no {kind.__name__.lower()}; take one of the list") from None


def _answers(record: DecisionRecord, clock: LocalTime) -> list[dict[str, object]]:
    """What the rules said, a table for each channel that was tried."""
    # A search comes back to a rule at the instant at which it was asked before: once is enough for a reader.
    once = dict.fromkeys(record.trace)
    return [
        {"channel": str(channel) if channel is not None else None, "answers": [_answer(each, clock) for each in those]}
        for channel, those in groupby(once, key=lambda answer: answer.channel)
    ]


def _answer(answer: RuleAnswer, clock: LocalTime) -> dict[str, object]:
    return {
        "rule": answer.rule,
        "tone": _TONES[answer.verdict],
        "verdict": verdict(answer, clock),
        "at": clock.to_the_minute(answer.local),
        "seen": "; ".join(seen(answer)),
    }
