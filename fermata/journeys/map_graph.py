"""A map while it is drawn: steps, the ways between them, and the open ends that lead to whatever comes next."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from fermata.journeys.map import Step, StepKind, Unread, Way

_MOST_STEPS = 500  # more than anybody looks at; methods that call each other many times over end here


class TooLarge(Exception):
    """The journey has more steps than a map can show."""


@dataclass(frozen=True, slots=True)
class Open:
    """An end that leads to the next step.

    Args:
        step: The id of the step that it leaves.
        label: When a run goes this way; None for always.
    """

    step: str
    label: str | None = None


Opens = tuple[Open, ...]
"""Where a run may be when the next statement begins; empty where none gets there."""


@dataclass
class Graph:
    """What has been drawn so far."""

    steps: list[Step] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def add(self, kind: StepKind, label: str, line: int, opens: Iterable[Open], messages: tuple[str, ...] = ()) -> str:
        """Adds a step that open ends lead to.

        Args:
            kind: What it does.
            label: In words.
            line: Where it stands.
            opens: The ends that lead to it.
            messages: Keys of those that it may send.

        Returns:
            Its id.

        Raises:
            TooLarge: There are too many.
        """
        if len(self.steps) >= _MOST_STEPS:
            raise TooLarge
        step = Step(id=f"s{len(self.steps) + 1}", kind=kind, label=label, line=line, messages=messages)
        self.steps.append(step)
        self.lead(opens, step.id)
        return step.id

    def lead(self, opens: Iterable[Open], target: str, *, back: bool = False) -> None:
        """Leads open ends to a step that is there."""
        for each in opens:
            way = Way(source=each.step, target=target, label=each.label, back=back)
            if way not in self.ways:
                self.ways.append(way)

    def miss(self, node: ast.AST, why: str) -> None:
        """Notes what cannot be read."""
        line = getattr(node, "lineno", 0)
        code = ast.unparse(node).partition("\n")[0]
        note = Unread(line=line, code=code if len(code) <= 120 else f"{code[:119]}…", why=why)
        if note not in self.unread:
            self.unread.append(note)


def without_idle_branches(steps: Iterable[Step], ways: Iterable[Way]) -> tuple[tuple[Step, ...], tuple[Way, ...]]:
    """Takes out branches both of whose sides go on to the same step: what they do concerns nobody but the code.

    Args:
        steps: In the order of the code.
        ways: Between them.
    """
    kept, left = tuple(steps), tuple(ways)
    for step in kept:
        out = [way for way in left if way.source == step.id]
        if step.kind is not StepKind.BRANCH or len({way.target for way in out}) != 1:
            continue
        target, back = out[0].target, all(way.back for way in out)
        led = (
            way.model_copy(update={"target": target, "back": way.back or back}) if way.target == step.id else way
            for way in left
            if way.source != step.id
        )
        kept, left = tuple(each for each in kept if each is not step), tuple(dict.fromkeys(led))
    return kept, left
