"""Calls in a journey's code: its verbs, its own methods, several things at once, and what lies outside of it."""

import ast
from typing import TYPE_CHECKING

from fermata.journeys.map import StepKind
from fermata.journeys.map_graph import Open, Opens
from fermata.journeys.map_verbs import Verb, call_of, verb_of

if TYPE_CHECKING:
    from fermata.journeys.map_reading import Reader

_AT_ONCE = ("asyncio.gather", "asyncio.wait", "workflow.wait")
_SCHEDULED = ("asyncio.create_task", "asyncio.ensure_future")


class Calls:
    """Reads the calls of a method.

    Args:
        reader: Of the method.
    """

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader

    def awaited(self, call: ast.Call, opens: Opens) -> Opens:
        """Reads a call that is awaited, and gives where a run is after it."""
        name = _name(call)
        if name in _AT_ONCE:
            return self._fork(call, list(call.args), opens)
        if name in _SCHEDULED and call.args and isinstance(call.args[0], ast.Call):
            return self.awaited(call.args[0], opens)
        opens = self._arguments(call, opens)
        split = self._chosen(call, opens)
        if split is not None:
            return split
        verb = self._verb(call)
        if verb is not None:
            return (Open(self._draw(verb, call, opens)),)
        method = self._reader.method(name.removeprefix("self.")) if name.startswith("self.") else None
        if method is not None:
            return self._reader.inline(method, call, opens)
        self._reader.graph.miss(call, "it is neither a verb nor a method of this file; what it does is not drawn")
        return (Open(self._reader.graph.add(StepKind.UNREAD, f"{name}(…)", call.lineno, opens)),)

    def outcome(self, call: ast.Call, opens: Opens) -> tuple[Opens, Opens] | None:
        """Reads a verb that a condition asks: where a run is if it comes out true, and false; None for others."""
        verb = self._verb(call)
        if verb is None or verb.kind not in (StepKind.WAIT, StepKind.ASK, StepKind.CHILD):
            return None
        step = self._draw(verb, call, self._arguments(call, opens))
        return (Open(step, verb.met),), (Open(step, verb.unmet),)

    def group(self, node: ast.With | ast.AsyncWith, opens: Opens) -> Opens:
        """Reads ``async with asyncio.TaskGroup()``: what it begins runs at once."""
        begun = [
            call.args[0]
            for statement in node.body
            for call in ast.walk(statement)
            if isinstance(call, ast.Call) and _name(call).endswith(".create_task") and call.args
        ]
        if any(isinstance(each, ast.Await | ast.For | ast.While) for each in ast.walk(node) if each is not node):
            self._reader.graph.miss(node.items[0].context_expr, "waits and loops between its tasks are not drawn")
        return self._fork(node, begun, opens)

    def is_left_running(self, call: ast.Call) -> bool:
        """Whether a call that is not awaited begins something that waits."""
        name = _name(call)
        if not name.startswith("self."):
            return False
        method = self._reader.method(name.removeprefix("self."))
        return isinstance(method, ast.AsyncFunctionDef) or (method is None and self._verb(call) is not None)

    def _fork(self, node: ast.expr | ast.stmt, branches: list[ast.expr], opens: Opens) -> Opens:
        graph = self._reader.graph
        if not branches:
            return opens
        fork = graph.add(StepKind.FORK, "All at once", node.lineno, opens)
        ends: Opens = ()
        for branch in branches:
            if isinstance(branch, ast.Call):
                ends = (*ends, *self.awaited(branch, (Open(fork),)))
            else:
                graph.miss(branch, "which branches there are is known only when it runs")
                ends = (*ends, Open(graph.add(StepKind.UNREAD, ast.unparse(branch)[:60], branch.lineno, (Open(fork),))))
        return (Open(graph.add(StepKind.JOIN, "When all have ended", node.lineno, ends)),) if ends else ()

    def _chosen(self, call: ast.Call, opens: Opens) -> Opens | None:
        """``send(A if … else B)`` is a branch with a step on either side."""
        if not _name(call).startswith("self.") or not call.args or not isinstance(call.args[0], ast.IfExp):
            return None
        choice = call.args[0]
        if self._verb(call) is None:
            return None
        met, unmet = self._reader.condition(choice.test, opens)
        ends: Opens = ()
        for side, reached in ((choice.body, met), (choice.orelse, unmet)):
            one = ast.copy_location(ast.Call(call.func, [side, *call.args[1:]], call.keywords), call)
            ends = (*ends, *self.awaited(one, reached))
        return ends

    def _arguments(self, call: ast.Call, opens: Opens) -> Opens:
        for each in (*call.args, *(keyword.value for keyword in call.keywords)):
            opens = self._reader.expression(each, opens)
        return opens

    def _verb(self, call: ast.Call) -> Verb | None:
        name = _name(call)
        own = name.removeprefix("self.")
        if name.startswith("self.") and self._reader.method(own) is None:
            return verb_of(own, call, self._reader.values)
        return call_of(name, call, self._reader.values)

    def _draw(self, verb: Verb, call: ast.Call, opens: Opens) -> str:
        if verb.unread is not None:
            self._reader.graph.miss(call, verb.unread)
        return self._reader.graph.add(verb.kind, verb.label, call.lineno, opens, verb.messages)


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func)
