"""Reads the code of a journey into a map: statements, branches, loops, and methods where they are called."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fermata.journeys.map import StepKind
from fermata.journeys.map_calls import Calls
from fermata.journeys.map_graph import Graph, Open, Opens
from fermata.journeys.map_names import Method, assigned_in, given_to, waits
from fermata.journeys.map_values import Values
from fermata.journeys.map_verbs import in_label, source_of


@dataclass
class _Round:
    """A loop that is being read.

    Args:
        step: Its id.
        breaks: The ends that leave it by ``break``.
    """

    step: str
    breaks: list[Open] = field(default_factory=list)


class Reader:
    """Reads one method, and those that it calls.

    Args:
        graph: What is drawn into.
        methods: Of the class, by name.
        values: What expressions stand for here.
        calling: Names of the methods that are being read, the outermost first.
    """

    def __init__(
        self, graph: Graph, methods: Mapping[str, Method], values: Values, calling: tuple[str, ...] = ()
    ) -> None:
        self._graph = graph
        self._methods = methods
        self._values = values
        self._calling = calling
        self._rounds: list[_Round] = []
        self._returned: list[Open] = []
        self._calls = Calls(self)

    @property
    def graph(self) -> Graph:
        """What is drawn into."""
        return self._graph

    @property
    def values(self) -> Values:
        """What expressions stand for here."""
        return self._values

    def method(self, name: str) -> Method | None:
        """A method of the class, or None where it has none of that name."""
        return self._methods.get(name)

    def read(self, method: Method, opens: Opens) -> Opens:
        """Reads a method from its first line to wherever it ends.

        Args:
            method: The method.
            opens: Where a run is when it is called.

        Returns:
            Where a run is after it.
        """
        self._values = self._values.within(assigned_in(method, self._values))
        return (*self.block(method.body, opens), *self._returned)

    def inline(self, method: Method, call: ast.Call, opens: Opens) -> Opens:
        """Reads a method where it is called, with what it is called with.

        Args:
            method: The method.
            call: The call.
            opens: As of ``read``.
        """
        if method.name in self._calling:
            self._graph.miss(call, "the method calls itself; only its first round is drawn")
            return opens
        local = given_to(method, call, self._values)
        inner = Reader(self._graph, self._methods, self._values.within(local), (*self._calling, method.name))
        return inner.read(method, opens)

    def block(self, statements: Sequence[ast.stmt], opens: Opens) -> Opens:
        """Reads statements in their order; what no run gets to is left out."""
        for statement in statements:
            if not opens:
                return ()
            opens = self._statement(statement, opens)
        return opens

    def condition(self, test: ast.expr, opens: Opens) -> tuple[Opens, Opens]:
        """Reads a condition, which may wait.

        Returns:
            Where a run is if it holds, and if it does not.
        """
        match test:
            case ast.Constant(value=value):
                return (opens, ()) if value else ((), opens)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                met, unmet = self.condition(operand, opens)
                return unmet, met
            case ast.BoolOp(op=op, values=values) if waits(test):
                return self._either(values, opens, ends_on=isinstance(op, ast.Or))
            case ast.Compare(
                left=ast.Await() as awaited, ops=[ast.IsNot() | ast.Is() as op], comparators=[ast.Constant(value=None)]
            ):
                met, unmet = self.condition(awaited, opens)
                return (met, unmet) if isinstance(op, ast.IsNot) else (unmet, met)
            case ast.NamedExpr(value=value):
                return self.condition(value, opens)
            case ast.Await(value=ast.Call() as call) if (outcome := self._calls.outcome(call, opens)) is not None:
                return outcome
        opens = self.expression(test, opens)
        step = self._graph.add(StepKind.BRANCH, f"{source_of(test).removeprefix('await ')}?", test.lineno, opens)
        return (Open(step, "yes"),), (Open(step, "no"),)

    def expression(self, node: ast.AST, opens: Opens) -> Opens:
        """Reads what an expression waits for, in the order in which it is evaluated."""
        match node:
            case ast.Await(value=ast.Call() as call):
                return self._calls.awaited(call, opens)
            case ast.Await(value=value):
                self._graph.miss(
                    node, "what it waits for was begun elsewhere; its steps are drawn where they are begun, if at all"
                )
                return self.expression(value, opens)
            case ast.IfExp(test=test, body=body, orelse=orelse) if waits(body) or waits(orelse):
                met, unmet = self.condition(test, opens)
                return (*self.expression(body, met), *self.expression(orelse, unmet))
            case ast.BoolOp() if waits(node):
                met, unmet = self.condition(node, opens)
                return (*met, *unmet)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp() if waits(node):
                self._graph.miss(node, "a wait inside a comprehension; write it as a loop")
                return opens
            case ast.Lambda():
                return opens
            case ast.Call() if self._calls.is_left_running(node):
                self._graph.miss(node, "it is begun and not awaited here; await it, or put it into asyncio.gather")
                return opens
        for child in ast.iter_child_nodes(node):
            opens = self.expression(child, opens)
        return opens

    def _either(self, values: Sequence[ast.expr], opens: Opens, *, ends_on: bool) -> tuple[Opens, Opens]:
        """Conditions in a row: ``or`` ends on the first that holds, ``and`` on the first that does not."""
        ended: Opens = ()
        for value in values:
            met, unmet = self.condition(value, opens)
            ended, opens = ((*ended, *met), unmet) if ends_on else ((*ended, *unmet), met)
        return (ended, opens) if ends_on else (opens, ended)

    def _statement(self, node: ast.stmt, opens: Opens) -> Opens:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                met, unmet = self.condition(test, opens)
                return (*self.block(body, met), *self.block(orelse, unmet))
            case ast.For() | ast.AsyncFor():
                return self._for(node, opens)
            case ast.While():
                return self._while(node, opens)
            case ast.With() | ast.AsyncWith():
                return self._with(node, opens)
            case ast.Try() | ast.TryStar():
                return self._try(node, opens)
            case ast.Match():
                return self._match(node, opens)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if waits(node):
                    self._graph.miss(node, "a function inside a method; make it a method of the journey")
                return opens
        return self._leaving(node, self.expression(node, opens))

    def _leaving(self, node: ast.stmt, opens: Opens) -> Opens:
        match node:
            case ast.Return():
                self._returned += opens
            case ast.Raise():
                self._graph.add(
                    StepKind.END, f"Fails: {source_of(node.exc) if node.exc else 'as before'}", node.lineno, opens
                )
            case ast.Break():
                self._rounds[-1].breaks += opens
            case ast.Continue():
                self._graph.lead(opens, self._rounds[-1].step, back=True)
            case _:
                return opens
        return ()

    def _for(self, node: ast.For | ast.AsyncFor, opens: Opens) -> Opens:
        opens = self.expression(node.iter, opens)
        items = self._values.items(node.iter)
        of = ", ".join(map(in_label, items)) if items else source_of(node.iter)
        step = self._graph.add(StepKind.LOOP, f"For each of: {of}", node.lineno, opens)
        before = self._values
        if isinstance(node.target, ast.Name) and items:
            self._values = before.within({node.target.id: tuple(items)})
        after = self._round(step, node.body, (Open(step, "next"),), (Open(step, "after the last"),), node.orelse)
        self._values = before
        return after

    def _while(self, node: ast.While, opens: Opens) -> Opens:
        forever = isinstance(node.test, ast.Constant)
        label = "Again and again" if forever else f"As long as: {source_of(node.test)}"
        step = self._graph.add(StepKind.LOOP, label, node.lineno, opens)
        if forever or waits(node.test):
            met, unmet = self.condition(node.test, (Open(step),))
        else:
            met, unmet = (Open(step, "yes"),), (Open(step, "no"),)
        return self._round(step, node.body, met, unmet, node.orelse)

    def _round(
        self, step: str, body: Sequence[ast.stmt], inside: Opens, past: Opens, orelse: Sequence[ast.stmt]
    ) -> Opens:
        self._rounds.append(_Round(step))
        self._graph.lead(self.block(body, inside), step, back=True)
        breaks = self._rounds.pop().breaks
        return (*self.block(orelse, past), *breaks)

    def _with(self, node: ast.With | ast.AsyncWith, opens: Opens) -> Opens:
        for item in node.items:
            name = source_of(item.context_expr).partition("(")[0]
            if name == "asyncio.TaskGroup":
                return self._calls.group(node, opens)
            opens = self.expression(item.context_expr, opens)
            if isinstance(node, ast.AsyncWith) and name != "self.enrolled":
                self._graph.miss(item.context_expr, "what it does to the block inside is not drawn")
        return self.block(node.body, opens)

    def _try(self, node: ast.Try | ast.TryStar, opens: Opens) -> Opens:
        first = len(self._graph.steps)
        ends = self.block(node.orelse, self.block(node.body, opens))
        tried = [step.id for step in self._graph.steps[first:]]
        for handler in node.handlers:
            on = f"on {source_of(handler.type)}" if handler.type is not None else "on an error"
            caught = tuple(Open(step, on) for step in tried) or opens
            ends = (*ends, *self.block(handler.body, caught))
        return self.block(node.finalbody, ends)

    def _match(self, node: ast.Match, opens: Opens) -> Opens:
        opens = self.expression(node.subject, opens)
        step = self._graph.add(
            StepKind.BRANCH, f"{source_of(node.subject).removeprefix('await ')}?", node.lineno, opens
        )
        ends: Opens = ()
        for case in node.cases:
            when = ast.unparse(case.pattern) + (f" if {ast.unparse(case.guard)}" if case.guard is not None else "")
            ends = (*ends, *self.block(case.body, (Open(step, "otherwise" if when == "_" else when),)))
        everything = any(
            isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
            for case in node.cases
        )
        return ends if everything else (*ends, Open(step, "otherwise"))
