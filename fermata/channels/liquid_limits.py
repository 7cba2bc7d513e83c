"""Liquid held to limits: a template can neither run for long nor take much memory, whatever the data holds.

python-liquid limits nested loops, output and local variables. What it leaves open is closed here: filters that multiply
(``replace`` and ``join`` can turn a kilobyte into a gigabyte in one step), the sum of loops that follow one another,
and the work of a render as a whole, counted in steps, so that the same template and data always end the same way.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from liquid import BoundTemplate, Environment, FalsyStrictUndefined, RenderContext
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.exceptions import ResourceLimitError
from liquid.token import Token
from liquid.undefined import is_undefined

MOST_STEPS = 50_000
"""Look-ups and filters in one render; a filter counts one more for each 64 characters that it handles."""

MOST_ITERATIONS = 1_000
"""Rounds of all loops in one render together."""

MOST_CHARACTERS = 64 * 1024
"""What one filter may take in or give out, lists counted with all that they hold."""

MOST_OUTPUT = 256 * 1024
"""Bytes of a rendered part. Gmail clips a mail after 102 KB."""

MOST_LOCALS = 256 * 1024
"""Bytes of the variables that a template sets."""

_DEEPEST = 8
_CHARACTERS_A_STEP = 64


@dataclass(slots=True)
class _Spent:
    """What a render has cost so far."""

    steps: int = 0
    iterations: int = 0


class _FrugalContext(RenderContext):
    """A render context that counts what the render costs, and ends it where it costs too much."""

    __slots__ = ("_spent",)

    def __init__(self, template: BoundTemplate, **options: Any) -> None:  # noqa: ANN401 - the library's own options
        super().__init__(template, **options)
        # A block has a context of its own, and spends what the message has left.
        parent = self.parent_context
        self._spent: _Spent = parent._spent if isinstance(parent, _FrugalContext) else _Spent()

    def get(self, path: list[object], **options: Any) -> object:  # noqa: ANN401 - the library's own options
        self._spend(1)
        return super().get(path, **options)

    @contextmanager
    def loop(self, namespace: Mapping[str, object], forloop: ForLoop | TableRow) -> Iterator[RenderContext]:
        self._spent.iterations += forloop.length
        if self._spent.iterations > MOST_ITERATIONS:
            raise ResourceLimitError(f"the loops go round more than {MOST_ITERATIONS} times", token=None)
        with super().loop(namespace, forloop) as context:
            yield context

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        return partial(self._call, name, super().filter(name, token))

    def _call(self, name: str, function: Callable[..., object], *values: object, **named: object) -> object:
        weight = sum(_weigh(value) for value in values) + _growth(name, values)
        _refuse_heavy(weight, name)
        self._spend(1 + weight // _CHARACTERS_A_STEP)
        result = function(*values, **named)
        _refuse_heavy(_weigh(result), name)
        return result

    def _spend(self, steps: int) -> None:
        self._spent.steps += steps
        if self._spent.steps > MOST_STEPS:
            raise ResourceLimitError(f"the template takes more than {MOST_STEPS} steps", token=None)


class _FrugalTemplate(BoundTemplate):
    context_class = _FrugalContext


class FrugalEnvironment(Environment):
    """Liquid with limits, without raw HTML, and without reading files while it renders.

    A value that is missing may be tested (``{% if event.name %}``) and given a default; printing it is an error, so a
    gap in the data never reaches a person as a gap in a sentence.

    Args:
        autoescape: Escape values for HTML.
        filters: More filters, by name.
    """

    template_class = _FrugalTemplate
    loop_iteration_limit = MOST_ITERATIONS
    output_stream_limit = MOST_OUTPUT
    local_namespace_limit = MOST_LOCALS
    block_nesting_limit = 20
    context_depth_limit = 20

    def __init__(self, *, autoescape: bool, filters: Mapping[str, Callable[..., object]]) -> None:
        super().__init__(autoescape=autoescape, undefined=FalsyStrictUndefined)
        # ``tablerow`` is a loop for pages of long ago. ``safe`` would let HTML from an event through.
        del self.tags["tablerow"]
        del self.filters["safe"]
        self.filters.update(filters)


def _weigh(value: object, depth: int = 0) -> int:
    """The characters that a value stands for, at least one."""
    if isinstance(value, str):
        return len(value) + 1
    if isinstance(value, int):
        return value.bit_length() // 3 + 1
    if isinstance(value, range):
        return (value.stop - value.start) * 8
    if depth >= _DEEPEST or is_undefined(value) or not isinstance(value, Mapping | list | tuple):
        return 1
    parts = value.values() if isinstance(value, Mapping) else value
    return 1 + sum(_weigh(part, depth + 1) for part in parts)


def _growth(name: str, values: Sequence[object]) -> int:
    """What a filter that multiplies would add, before it does."""
    match name, values:
        case "replace", [text, old, new]:
            return str(text).count(str(old)) * len(str(new))
        case "join", [list() | tuple() as items, separator]:
            return len(items) * len(str(separator))
    return 0


def _refuse_heavy(weight: int, name: str) -> None:
    if weight > MOST_CHARACTERS:
        raise ResourceLimitError(f"the filter {name!r} would handle more than {MOST_CHARACTERS} characters", token=None)
