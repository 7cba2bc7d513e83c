"""What an expression in a journey's code stands for, where that can be told without running the journey."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

UNKNOWN = object()
"""The expression's value is known only when the journey runs."""

# Calls that do nothing but make a value. All else is left alone: reading a map runs no code of an author's.
_MADE_BY = ("datetime", "fermata.journeys", "fermata.segments")
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Invert: operator.invert,
    ast.USub: operator.neg,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Values:
    """Evaluates expressions of one file.

    Args:
        names: What the file's names stand for at its top.
        local: What names of a loop or a method may stand for, each of several values.
    """

    def __init__(self, names: Mapping[str, object], local: Mapping[str, tuple[object, ...]] | None = None) -> None:
        self._names = names
        self._local = local or {}

    def within(self, local: Mapping[str, tuple[object, ...]]) -> "Values":
        """The same, where more names stand for something."""
        return Values(self._names, {**self._local, **local})

    def local(self, name: str) -> tuple[object, ...]:
        """What a name of a loop or a method stands for; nothing where it is none of those."""
        return self._local.get(name, ())

    def one(self, node: ast.expr) -> Any:  # noqa: ANN401 - whatever the code says
        """The value of an expression; UNKNOWN where it is not known, or may be one of several."""
        found = self.all(node)
        return found[0] if len(found) == 1 else UNKNOWN

    def all(self, node: ast.expr) -> tuple[Any, ...]:
        """Every value that an expression may have; nothing where they are not known."""
        match node:
            case ast.Name(id=name) if name in self._local:
                return self._local[name]
            case ast.IfExp(body=first, orelse=second):
                return (*self.all(first), *self.all(second))
            case ast.Attribute(value=held, attr=attribute):
                return tuple(
                    getattr(value, attribute)
                    for value in self.all(held)
                    if _is_ours(type(value)) and hasattr(value, attribute)
                )
            case ast.Await(value=ast.Call(func=ast.Attribute(attr="next_best_action"), args=actions)):
                return tuple(action for each in actions for action in self.spread(each))
            case ast.Subscript(value=table) if isinstance(held := self.one(table), Mapping):
                return tuple(held.values())
        try:
            value = self._value(node)
        except _NotKnown:
            return ()
        return (value,)

    def spread(self, node: ast.expr) -> tuple[Any, ...]:
        """What an argument of a call stands for, with a star or without."""
        return self.items(node.value) if isinstance(node, ast.Starred) else self.all(node)

    def items(self, node: ast.expr) -> tuple[Any, ...]:
        """What a loop over an expression would meet; nothing where that is not known."""
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(value for each in node.elts for value in self.all(each))
        held = self.one(node)
        return tuple(held) if isinstance(held, tuple | list) else ()

    def _value(self, node: ast.expr) -> Any:  # noqa: ANN401
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._named(name)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return tuple(self._value(each) for each in elements)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return {self._value(key): self._value(value) for key, value in zip(keys, values, strict=True) if key}
            case ast.UnaryOp(op=op, operand=operand):
                return self._apply(op, operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self._apply(op, left, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._apply(op, left, right)
            case ast.Call():
                return self._called(node)
        raise _NotKnown

    def _named(self, name: str) -> Any:  # noqa: ANN401
        found = self._local.get(name, (self._names[name],) if name in self._names else ())
        if len(found) != 1:
            raise _NotKnown
        return found[0]

    def _apply(self, op: ast.AST, *operands: ast.expr) -> Any:  # noqa: ANN401
        if type(op) not in _OPERATORS:
            raise _NotKnown
        return self._tried(_OPERATORS[type(op)], *(self._value(each) for each in operands))

    def _called(self, node: ast.Call) -> Any:  # noqa: ANN401
        function = self._value(node.func)
        if not _is_ours(function):
            raise _NotKnown
        if any(keyword.arg is None for keyword in node.keywords) or any(isinstance(a, ast.Starred) for a in node.args):
            raise _NotKnown
        given = {str(keyword.arg): self._value(keyword.value) for keyword in node.keywords}
        return self._tried(function, *(self._value(each) for each in node.args), **given)

    def _tried(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401
        try:
            return function(*given, **named)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise _NotKnown from error


def _is_ours(made: object) -> bool:
    """Whether a function or a class is one of those that do nothing but make a value."""
    module = getattr(made, "__module__", "") or ""
    return any(module == each or module.startswith(f"{each}.") for each in _MADE_BY)


class _NotKnown(Exception):
    """The expression cannot be evaluated."""
