"""The verbs of a journey as steps of its map: what each does, in words, and how it can come out."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from fermata.journeys.definition import Message
from fermata.journeys.map import StepKind
from fermata.journeys.map_values import UNKNOWN, Values
from fermata.journeys.next_action import NextAction
from fermata.journeys.spans import in_words
from fermata.segments import Comparison, Where

_WHERE: TypeAdapter[tuple[Comparison, ...]] = TypeAdapter(Where)
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Verb:
    """A call, as a step.

    Args:
        kind: What it does.
        label: In words.
        messages: Keys of the messages that it may send.
        met, unmet: When it comes out true, and false; None where it says nothing.
        unread: Why the map does not know it for sure, or None.
    """

    kind: StepKind
    label: str
    messages: tuple[str, ...] = ()
    met: str = "yes"
    unmet: str = "no"
    unread: str | None = None


def verb_of(name: str, call: ast.Call, values: Values) -> Verb | None:
    """Tells what a call of the journey's own does; None for what is none of its verbs.

    Args:
        name: What is called: ``send`` of ``self.send(…)``.
        call: The call.
        values: What expressions stand for where it is.
    """
    told = _VERBS.get(name)
    return told(call, values) if told is not None else None


def call_of(name: str, call: ast.Call, values: Values) -> Verb | None:
    """Tells what a call into the SDK or asyncio does; None for what is no step.

    Args:
        name: With its module: ``workflow.sleep``.
        call: The call.
        values: As of ``verb_of``.
    """
    match name:
        case "workflow.sleep" | "asyncio.sleep":
            return _sleep(call, values)
        case "workflow.wait_condition":
            return Verb(StepKind.WAIT, _cut(f"Wait for a condition: {_words(_given(call, 0, 'fn'), values)}"))
        case "workflow.execute_child_workflow" | "workflow.start_child_workflow":
            return Verb(StepKind.CHILD, _cut(f"Start {_words(_given(call, 0, 'workflow'), values)}"))
    if name.startswith(("workflow.execute_", "workflow.start_")):
        return Verb(StepKind.ACTIVITY, _cut(f"Run the activity {_words(_given(call, 0, 'activity'), values)}"))
    return None


def in_label(value: object) -> str:
    """A value as a label says it."""
    match value:
        case timedelta():
            return in_words(value)
        case Message() | NextAction():
            return value.key
        case type():
            return value.__name__
        case tuple() | list():
            return ", ".join(map(in_label, value))
    return str(value)


def source_of(node: ast.expr | None) -> str:
    """An expression as the author wrote it, on one line."""
    return _cut(" ".join(ast.unparse(node).split())) if node is not None else "what is not named"


def _send(call: ast.Call, values: Values) -> Verb:
    return _message(call, values, StepKind.SEND, "Send")


def _hand_off(call: ast.Call, values: Values) -> Verb:
    return _message(call, values, StepKind.HAND_OFF, "Hand over")


def _message(call: ast.Call, values: Values, kind: StepKind, does: str) -> Verb:
    node = _given(call, 0, "message")
    found = [value for value in (values.all(node) if node is not None else ()) if isinstance(value, Message)]
    if not found:
        why = "which message it sends is known only when it runs; name messages at the top of the file"
        return Verb(kind, _cut(f"{does} {source_of(node)}"), unread=why)
    keys = tuple(dict.fromkeys(message.key for message in found))
    channels = {", then ".join(channel.value for channel in message.channels) for message in found}
    by = f" by {channels.pop()}" if len(channels) == 1 and kind is StepKind.SEND else ""
    return Verb(kind, _cut(f"{does} {' or '.join(keys)}{by}"), keys)


def _sleep(call: ast.Call, values: Values) -> Verb:
    return Verb(StepKind.WAIT, _cut(f"Wait {_words(_given(call, 0, 'duration'), values)}"))


def _sleep_until(call: ast.Call, values: Values) -> Verb:
    weekday = _given(call, 1, "weekday")
    day = f" on {_words(weekday, values).capitalize()}" if weekday is not None else ""
    return Verb(StepKind.WAIT, _cut(f"Wait until {_words(_given(call, 0, 'wanted'), values)}{day}, the person's time"))


def _wait_for(call: ast.Call, values: Values) -> Verb:
    events = [
        str(name)
        for each in call.args
        for name in values.spread(each) or (source_of(each.value if isinstance(each, ast.Starred) else each),)
    ]
    within = _words(_given(call, None, "within"), values)
    where = _given(call, None, "where")
    asked = f" where {_condition(where, values)}" if where is not None else ""
    names = " or ".join(events)
    label = _cut(f"Wait for {names}{asked}, at most {within}")
    return Verb(StepKind.WAIT, label, met=_cut(names), unmet=f"{within} passed")


def _condition(node: ast.expr, values: Values) -> str:
    """What an event's properties must be, as ``wait_for`` takes it."""
    found = values.one(node)
    if found is UNKNOWN:
        return source_of(node)
    return " and ".join(map(str, _WHERE.validate_python(found)))


def _wait_until(call: ast.Call, values: Values) -> Verb:
    within = _words(_given(call, None, "within"), values)
    label = _cut(f"Wait until: {_words(_given(call, 0, 'segment'), values)}, at most {within}")
    return Verb(StepKind.WAIT, label, met="it holds", unmet=f"{within} passed")


def _is_in(call: ast.Call, values: Values) -> Verb:
    return Verb(StepKind.ASK, _cut(f"Is it so: {_words(_given(call, 0, 'segment'), values)}?"))


def _profile(call: ast.Call, values: Values) -> Verb:
    traits = ", ".join(_words(each, values) for each in call.args)
    return Verb(StepKind.ASK, _cut(f"Look up {traits or 'where the person is'}"))


def _variant(call: ast.Call, values: Values) -> Verb:
    weights = _given(call, 1, "weights")
    drawn = values.one(weights) if weights is not None else UNKNOWN
    among = f": {', '.join(map(str, drawn))}" if isinstance(drawn, Mapping) else ""
    return Verb(StepKind.ASK, _cut(f"Draw a variant of {_words(_given(call, 0, 'experiment'), values)}{among}"))


def _next_best_action(call: ast.Call, values: Values) -> Verb:
    actions = [in_label(action) for each in call.args for action in values.spread(each)]
    return Verb(StepKind.ASK, _cut(f"Choose what comes next: {', '.join(actions) or source_of(call)}"))


def _start(call: ast.Call, values: Values) -> Verb:
    return Verb(StepKind.CHILD, _cut(f"Start {_words(_given(call, 0, 'journey'), values)}"), met="it began")


def _child(call: ast.Call, values: Values) -> Verb:
    within = _words(_given(call, None, "within"), values)
    label = _cut(f"Start {_words(_given(call, 0, 'journey'), values)} and wait for its end, at most {within}")
    return Verb(StepKind.CHILD, label, met="it ended", unmet=f"none began, or {within} passed")


def _tell(call: ast.Call, values: Values) -> Verb:
    return Verb(StepKind.TELL, _cut(f"Tell of {_words(_given(call, 0, 'event'), values)}"))


def _update_profile(call: ast.Call, values: Values) -> Verb:
    said = ", ".join(f"{each.arg} = {_words(each.value, values)}" for each in call.keywords if each.arg is not None)
    return Verb(StepKind.TELL, _cut(f"Note {said or 'traits'}"))


def _rollover(call: ast.Call, values: Values) -> Verb:
    del call, values
    return Verb(StepKind.ACTIVITY, "Begin a new history, where this one is long")


_VERBS: Mapping[str, Callable[[ast.Call, Values], Verb]] = {
    "send": _send,
    "hand_off": _hand_off,
    "sleep": _sleep,
    "sleep_until": _sleep_until,
    "wait_for": _wait_for,
    "wait_until": _wait_until,
    "is_in": _is_in,
    "profile": _profile,
    "variant": _variant,
    "next_best_action": _next_best_action,
    "start": _start,
    "child": _child,
    "tell": _tell,
    "update_profile": _update_profile,
    "rollover": _rollover,
}


def _given(call: ast.Call, index: int | None, name: str) -> ast.expr | None:
    if index is not None and index < len(call.args) and not isinstance(call.args[index], ast.Starred):
        return call.args[index]
    return next((each.value for each in call.keywords if each.arg == name), None)


def _words(node: ast.expr | None, values: Values) -> str:
    if node is None:
        return source_of(node)
    found = values.all(node)
    return " or ".join(map(in_label, found)) if found else source_of(node)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
