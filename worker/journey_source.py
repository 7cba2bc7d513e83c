"""A journey's file as its checks read it: the module, its text, and what stands at which line."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from fermata.errors import DefinitionError
from fermata.journeys import Message, NextAction
from fermata.segments import Segment
from fermata.segments.condition import Condition
from workflows.journey import Journey

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class JourneySource:
    """A journey's file, read once.

    Args:
        module: As it was imported.
        path: Of the file.
        tree: Of its text.
        body: Of the journey's class in it.
    """

    module: ModuleType
    path: Path
    tree: ast.Module
    body: ast.ClassDef | None

    def place(self, line: int) -> str:
        """``file:line``, as an editor takes it."""
        return f"{self.path}:{line}"

    def at(self, node: ast.expr | ast.stmt) -> str:
        """The place of a node."""
        return self.place(node.lineno)

    def line_of(self, name: str) -> int:
        """Where a name of the module gets its value; 1 where that is not in this file."""
        for node in self.tree.body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return node.lineno
        return 1

    def line_with(self, text: str) -> int:
        """Where a text first stands by itself; 1 where it does not."""
        found = (node.lineno for node in ast.walk(self.tree) if isinstance(node, ast.Constant) and node.value == text)
        return next(found, 1)

    def messages(self) -> Iterator[tuple[str, Message]]:
        """The messages of the file, each with the name of the module that leads to it."""
        seen: set[int] = set()
        found = [*self._values(Message)]
        found += [(name, action.message) for name, action in self.actions()]
        for name, message in found:
            if id(message) not in seen:
                seen.add(id(message))
                yield name, message

    def actions(self) -> Iterator[tuple[str, NextAction]]:
        """The next best actions of the file, by themselves or in a tuple."""
        yield from self._values(NextAction)
        for name, value in vars(self.module).items():
            if isinstance(value, tuple | list):
                yield from ((name, each) for each in value if isinstance(each, NextAction))

    def segments(self, journey: type[Journey]) -> Iterator[Segment | Condition]:
        """Whom the journey asks about: who enters, who gets a message, and every segment that the file names."""
        if journey.definition.entry is not None:
            yield journey.definition.entry
        for _, message in self.messages():
            if message.eligible is not None:
                yield message.eligible
        for _, action in self.actions():
            yield action.when
        for _, segment in self._values(Condition):
            yield segment

    def value(self, node: ast.expr) -> object:
        """What a name of the module or a literal stands for; None for what only a run could tell."""
        if isinstance(node, ast.Name):
            return vars(self.module).get(node.id)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            return None

    def calls(self, *verbs: str) -> Iterator[ast.Call]:
        """Where the class calls these verbs of its own."""
        for node in ast.walk(self.body) if self.body is not None else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in verbs
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "self"
            ):
                yield node

    def _values(self, kind: type[_Value]) -> Iterator[tuple[str, _Value]]:
        yield from ((name, value) for name, value in vars(self.module).items() if isinstance(value, kind))


def read_source(journey: type[Journey]) -> JourneySource:
    """Reads the file that a journey stands in.

    Args:
        journey: Its class.

    Raises:
        DefinitionError: It stands in none.
    """
    module, path = inspect.getmodule(journey), inspect.getsourcefile(journey)
    if module is None or path is None:
        raise DefinitionError(f"{journey.__qualname__} has no source file to check; define it in a module")
    tree = ast.parse(Path(path).read_text(encoding="utf-8"), path)
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == journey.__name__)
    return JourneySource(module, Path(path), tree, next(classes, None))
