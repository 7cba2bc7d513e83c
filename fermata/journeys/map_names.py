"""What names inside of a method may stand for: its parameters where it is called, and what it sets itself."""

import ast
from collections import Counter
from typing import TypeAlias

from fermata.journeys.map_values import Values

Method: TypeAlias = ast.AsyncFunctionDef | ast.FunctionDef


def waits(node: ast.AST) -> bool:
    """Whether anything in it is awaited."""
    return any(isinstance(each, ast.Await) for each in ast.walk(node))


def given_to(method: Method, call: ast.Call, values: Values) -> dict[str, tuple[object, ...]]:
    """What a method's parameters stand for in a call, as far as it is known."""
    names = [argument.arg for argument in (*method.args.posonlyargs, *method.args.args)][1:]  # without self
    given = dict(zip(names, call.args, strict=False))
    given.update({each.arg: each.value for each in call.keywords if each.arg is not None})
    found = {name: values.all(node) for name, node in given.items() if not isinstance(node, ast.Starred)}
    return {name: several for name, several in found.items() if several}


def assigned_in(method: Method, values: Values) -> dict[str, tuple[object, ...]]:
    """What local names may stand for: all that is assigned to them, and what they were called with.

    A name of which something is not known is known by nothing.
    """
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(method):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                given.setdefault(name, []).append(value)
    stores = Counter(
        node.id for node in ast.walk(method) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    found: dict[str, tuple[object, ...]] = {}
    for name, nodes in given.items():
        several = [values.all(node) for node in nodes]
        is_known = all(several) and stores[name] == len(nodes)
        found[name] = (*values.local(name), *(each for known in several for each in known)) if is_known else ()
    return found
