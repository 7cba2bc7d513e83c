"""Reads the steps of a journey from its code: every one on every branch, in order, and the conditions they depend on.

What may change while runs are under way is left out: how long a wait is, what a step is told, variables that no step
and no condition mentions. What is left decides which commands a run issues, and in which order.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from types import FunctionType

from pydantic import BaseModel

from fermata.errors import DefinitionError
from workflows.journey import Journey

_INDENT = "    "
_OURS = frozenset(each.__module__ for each in Journey.__mro__)
_FREE = frozenset({"sleep", "sleep_until", "tell", "update_profile", "profile", "variant", "is_in", "rollover"})
"""Verbs of which everything may change but their place: what they are told makes no other command."""
_NO_STEP = frozenset({"now", "time", "time_ns", "info", "random", "uuid4", "set_current_details", "memo", "unsafe"})
_LOOSE = frozenset({"sleep", "upsert_search_attributes", "upsert_memo", "wait_condition", "timeout", "timeout_at"})


def steps_of(journey: type[Journey], before: frozenset[str] | None = None) -> list[str]:
    """The steps of a journey, a line each, indented under the condition and the method that they stand in.

    Args:
        journey: The class.
        before: The patches that some runs know, as they are written: of any other they see the old way. None shows
            both ways.

    Raises:
        DefinitionError: Its source is not at hand.
    """
    lines: list[str] = []
    waiting, done = ["run"], set[str]()
    while waiting:
        name = waiting.pop(0)
        if name not in done:
            done.add(name)
            method = _own(journey, name)
            reader = _Reader(journey, method)
            lines += [name, *(f"{_INDENT}{line}" for line in reader.block(_body(method, before)))]
            waiting += reader.methods
    return lines


def _own(journey: type[Journey], name: str) -> FunctionType:
    """A method of the author's, or a function beside the class."""
    run = inspect.getattr_static(journey, "run")
    found = inspect.getattr_static(journey, name, None) or run.__globals__.get(name)
    method = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    if not isinstance(method, FunctionType):
        raise DefinitionError(f"{journey.__qualname__}: {name} is no plain method, so its steps cannot be read")
    return method


def _body(method: FunctionType, before: frozenset[str] | None) -> list[ast.stmt]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    except OSError:
        raise DefinitionError(f"{method.__qualname__} has no source, so its steps cannot be read") from None
    function = tree.body[0]
    if not isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
        raise DefinitionError(f"{method.__qualname__} is no plain method, so its steps cannot be read")
    if before is not None:
        function = _OldWay(before).visit(function)
    return function.body


class _OldWay(ast.NodeTransformer):
    """Takes the branch of runs that do not know a patch."""

    def __init__(self, before: frozenset[str]) -> None:
        self._before = before

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        known = self._known(node.test)
        if known is None:
            return node
        return (node.body if known else node.orelse) or ast.Pass()

    def _known(self, test: ast.expr) -> bool | None:
        """What a condition says to them; None where it depends on more than the patch."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            known = self._known(test.operand)
            return None if known is None else not known
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return False if any(self._known(each) is False for each in test.values) else None
        if isinstance(test, ast.Call) and ast.unparse(test.func) == "workflow.patched" and test.args:
            return None if ast.unparse(test.args[0]) in self._before else False
        return None


def _constant(value: object) -> str | None:
    """What a name in a journey's file stands for, where a run depends on it: keys, events, numbers."""
    if isinstance(value, BaseModel):  # a message, an action
        key = getattr(value, "key", None)
        return key if isinstance(key, str) else None
    if isinstance(value, str | int | float):
        return repr(value)
    if isinstance(value, tuple | frozenset | set):
        parts = [_constant(each) for each in (value if isinstance(value, tuple) else sorted(value, key=str))]
        return None if None in parts else f"({', '.join(map(str, parts))})"
    return None


class _Reader(ast.NodeTransformer):
    """Reads one method; as a transformer it puts each step's name in the place of its call."""

    def __init__(self, journey: type[Journey], method: FunctionType) -> None:
        self._journey, self._names = journey, method.__globals__
        self._found = 0
        self.methods: list[str] = []

    def block(self, body: Sequence[ast.stmt]) -> list[str]:
        """The lines of some statements."""
        return [line for statement in body for line in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> Iterator[str]:
        match node:
            case ast.If() | ast.While():
                word = "if" if isinstance(node, ast.If) else "while"
                yield from self._under(f"{word} ", [node.test], node.body)
                yield from self._under("else", [], node.orelse)
            case ast.For() | ast.AsyncFor():
                yield from self._under(f"for {ast.unparse(node.target)} in ", [node.iter], node.body)
                yield from self._under("else", [], node.orelse)
            case ast.With() | ast.AsyncWith():
                yield from self._under("with ", [item.context_expr for item in node.items], node.body)
            case ast.Try() | ast.TryStar():
                yield from self._try(node)
            case ast.Match():
                yield f"match {self._text(node.subject)[0]}"
                for case in node.cases:
                    guard = [case.guard] if case.guard is not None else []
                    head = f"{_INDENT}case {ast.unparse(case.pattern)} "
                    yield from self._under(head, guard, case.body, always=True)
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                yield self._text(node)[0]
            case _:
                text, is_step = self._text(node)
                if is_step:
                    yield text

    def _try(self, node: ast.Try | ast.TryStar) -> Iterator[str]:
        yield from self._under("try", [], node.body)
        for handler in node.handlers:
            caught = ast.unparse(handler.type) if handler.type is not None else ""
            yield from self._under(f"except {caught}", [], handler.body, always=True)
        yield from self._under("else", [], node.orelse)
        yield from self._under("finally", [], node.finalbody)

    def _under(
        self, head: str, asked: Sequence[ast.expr], body: Sequence[ast.stmt], *, always: bool = False
    ) -> Iterator[str]:
        """A head and what stands under it; nothing where there is no step in either."""
        texts = [self._text(each) for each in asked]
        inside = self.block(body)
        if inside or always or any(is_step for _, is_step in texts):
            yield f"{head}{', '.join(text for text, _ in texts)}".rstrip()
            yield from (f"{'' if not head.startswith(_INDENT) else _INDENT}{_INDENT}{line}" for line in inside)

    def _text(self, node: ast.expr | ast.stmt) -> tuple[str, bool]:
        """How a piece of code reads, and whether there is a step in it."""
        before = self._found
        text = ast.unparse(self.visit(node))
        return text, self._found > before

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)  # type: ignore[no-any-return]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        written = _constant(self._names.get(node.id))
        return node if written is None else ast.Name(written)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        step = self._step(node)
        if step is None:
            return self.generic_visit(node)
        self._found += 1
        return ast.Name(step)

    def _step(self, node: ast.Call) -> str | None:
        match node.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._own_step(name, node) if self._is_an_authors(name) else self._verb(name, node)
            case ast.Attribute(value=ast.Name(id="workflow" | "asyncio" as module), attr=name) if name not in _NO_STEP:
                return name if name in _LOOSE else self._called(f"{module}.{name}", node)
            case ast.Name(id=name) if inspect.iscoroutinefunction(self._names.get(name)):
                return self._own_step(name, node)
        return None

    def _own_step(self, name: str, node: ast.Call) -> str:
        self.methods.append(name)
        return self._called(name, node)

    def _verb(self, name: str, node: ast.Call) -> str:
        if name in _FREE or not node.args:
            return name
        where = [each.value for each in node.keywords if each.arg == "where"]
        told = ", ".join(ast.unparse(self.visit(each)) for each in node.args)
        return f"{name} {told}" + "".join(f" where {ast.unparse(each)}" for each in where)

    def _called(self, name: str, node: ast.Call) -> str:
        return f"{name}({', '.join(ast.unparse(self.visit(each)) for each in node.args)})"

    def _is_an_authors(self, name: str) -> bool:
        found = inspect.getattr_static(self._journey, name, None)
        method = found.__func__ if isinstance(found, staticmethod | classmethod) else found
        return isinstance(method, FunctionType) and method.__module__ not in _OURS
