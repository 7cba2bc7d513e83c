"""How a journey's code calls its verbs: not awaited, outside the enrolment, or with what cannot be, is found here."""

import ast
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches

from fermata.events.verbs import Verbs
from fermata.journeys import Message
from fermata.segments import events_of
from fermata.segments.condition import Condition
from fermata.vocabulary import Channel
from worker.journey_source import JourneySource
from workflows.discovery import Journeys
from workflows.journey import Journey

VERBS = (
    "send",
    "hand_off",
    "sleep",
    "sleep_until",
    "wait_for",
    "wait_until",
    "is_in",
    "profile",
    "variant",
    "next_best_action",
    "tell",
    "update_profile",
    "rollover",
    "start",
    "child",
)
_ASKING = {"did", "never", "first", "last"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def verb_problems(journey: type[Journey], source: JourneySource, journeys: Journeys, verbs: Verbs) -> Iterator[str]:
    """Every call of a verb that would fail a run, or do nothing, one line each, with file, line and mend.

    Args:
        journey: Its class.
        source: Its file.
        journeys: All that the worker would run.
        verbs: The standard events.
    """
    yield from _not_enrolled(source)
    yield from _not_awaited(source)
    yield from _unlisted_events(journey, source)
    yield from _unlisted_in_segments(journey, source)
    yield from _variants(source)
    yield from _times_of_day(source)
    yield from _hand_offs(source)
    yield from _actions(source)
    yield from _children(source, journeys, verbs)


def _not_enrolled(source: JourneySource) -> Iterator[str]:
    for node in source.body.body if source.body is not None else ():
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "run" and not any(source.calls("enrolled")):
            yield f"{source.at(node)}: run is never enrolled; put it inside `async with self.enrolled():`"


def _not_awaited(source: JourneySource) -> Iterator[str]:
    alone = {
        id(node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    }
    for call in source.calls(*VERBS):
        if id(call) in alone:
            verb = ast.unparse(call.func)
            yield f"{source.at(call)}: {verb}(…) is not awaited, so it does nothing; write `await {verb}(…)`"


def _unlisted_events(journey: type[Journey], source: JourneySource) -> Iterator[str]:
    for call in source.calls("wait_for"):
        for argument in call.args:
            value = source.value(argument.value if isinstance(argument, ast.Starred) else argument)
            for event in [value] if isinstance(value, str) else value if isinstance(value, tuple | list) else ():
                if event not in journey.definition.awaited:
                    yield f"{source.at(argument)}: waits for {event!r}, {_unlisted(journey, str(event))}"


def _unlisted(journey: type[Journey], event: str) -> str:
    near = get_close_matches(event, sorted(journey.definition.awaited), n=1)
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return f"which the definition does not list{meant}; add it to listens_to={tuple(journey.definition.listens_to)!r}"


def _unlisted_in_segments(journey: type[Journey], source: JourneySource) -> Iterator[str]:
    """A ``wait_until`` of whose events the run is told of none: it would look once a day alone.

    Where some are listed, or ``every`` says how often it is to look, that is the author's wish.
    """
    for call in source.calls("wait_until"):
        events = sorted(_events_in(call.args[0], source)) if call.args else []
        if any(each.arg == "every" for each in call.keywords) or set(events) & journey.definition.awaited:
            continue
        for event in events:
            yield f"{source.at(call)}: wait_until turns on {event!r}, {_unlisted(journey, event)}"


def _events_in(segment: ast.expr, source: JourneySource) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(segment):
        if isinstance(node, ast.Name):
            value = source.value(node)
            found |= events_of(value) if isinstance(value, Condition) else frozenset()
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in _ASKING and node.args:
            event = source.value(node.args[0])
            found |= {event} if isinstance(event, str) else set()
    return frozenset(found)


def _variants(source: JourneySource) -> Iterator[str]:
    for call in source.calls("variant"):
        weights = source.value(call.args[1]) if len(call.args) > 1 else None
        if not isinstance(weights, Mapping):
            continue
        if not weights:
            yield f"{source.at(call)}: variant has nothing to draw from; give it weights such as {{'a': 1, 'b': 1}}"
        for variant, weight in weights.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
                yield (
                    f"{source.at(call)}: the variant {variant!r} has the weight {weight!r}, so nobody is shown it; "
                    "give it one above zero, or leave it out"
                )


def _times_of_day(source: JourneySource) -> Iterator[str]:
    for call in source.calls("sleep_until"):
        given = {"wanted": call.args[0] if call.args else None, "weekday": call.args[1] if len(call.args) > 1 else None}
        given |= {each.arg: each.value for each in call.keywords if each.arg in given}
        wanted, weekday = (source.value(node) if node is not None else None for node in given.values())
        if isinstance(wanted, str) and not _is_time(wanted):
            yield f"{source.at(call)}: {wanted!r} is no time of the day; write it like '09:00'"
        if isinstance(weekday, str) and weekday.lower() not in _WEEKDAYS:
            yield f"{source.at(call)}: {weekday!r} is no weekday; use one of {', '.join(_WEEKDAYS)}"


def _is_time(wanted: str) -> bool:
    try:
        datetime.strptime(wanted, "%H:%M")  # noqa: DTZ007 - a time on a wall has no zone
    except ValueError:
        return False
    return True


def _hand_offs(source: JourneySource) -> Iterator[str]:
    for call in source.calls("hand_off"):
        message = source.value(call.args[0]) if call.args else None
        if isinstance(message, Message) and message.channels != (Channel.HAND_OFF,):
            yield (
                f"{source.at(call)}: hand_off of {message.key!r}, which goes by {', '.join(message.channels)}; "
                "give it channels=('hand_off',), or send it"
            )


def _actions(source: JourneySource) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name, action in source.actions():
        if seen.setdefault(action.key, id(action)) != id(action):
            yield (
                f"{source.place(source.line_of(name))}: two next best actions have the key {action.key!r}, "
                "so nobody could tell them apart; rename one"
            )


def _children(source: JourneySource, journeys: Journeys, verbs: Verbs) -> Iterator[str]:
    for call in source.calls("start", "child"):
        journey = source.value(call.args[0]) if call.args else None
        if not (isinstance(journey, type) and issubclass(journey, Journey)):
            continue
        if journey.__name__ not in {each.__name__ for each in journeys.classes.values()}:
            yield (
                f"{source.at(call)}: starts {journey.__name__}, which this worker does not run; "
                "name its package in FERMATA_JOURNEYS"
            )
        event = journey.definition.trigger.event
        if verbs.find(event) is not None:
            yield (
                f"{source.at(call)}: starts {journey.__name__} by {event!r}, which tells what a person did and would "
                "be told of them falsely; give that journey a trigger of its own"
            )
