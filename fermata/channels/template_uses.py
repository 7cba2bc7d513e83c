"""Which values a template speaks of, and whether it can do without each."""

from collections.abc import Iterator
from dataclasses import dataclass

from liquid import BoundTemplate, RenderContext
from liquid.ast import ConditionalBlockNode, Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import Literal
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.include_tag import IncludeNode
from liquid.builtin.tags.render_tag import RenderNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

_TESTS = (IfNode, UnlessNode, ConditionalBlockNode, CaseNode, MultiExpressionBlockNode)
_OUR_FILTERS = frozenset({"link", "money"})
_TAKES_NOTHING_TOO = _OUR_FILTERS | {"default"}
"""Filters that make something of a value that is missing."""

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a template speaks of a value.

    Args:
        head: ``event``, ``profile``, ``message``, …
        name: What comes after the point.
        template: The name of the file, as it was compiled.
        index: The character in it.
        guarded: The template tests for the value first, or has a default for it.
    """

    head: str
    name: str
    template: str
    index: int
    guarded: bool


def uses_of(template: BoundTemplate) -> tuple[Use, ...]:
    """Every use in a template, in the partials that it includes and the blocks that it renders.

    Args:
        template: Compiled and checked.
    """
    own = template.analyze().locals
    found = _in_nodes(template.nodes, RenderContext(template), template.name, frozenset())
    return tuple(use for use in found if use.head not in own)


def _in_nodes(nodes: list[Node], context: RenderContext, template: str, tested: frozenset[_Name]) -> Iterator[Use]:
    for node in nodes:
        is_test = isinstance(node, _TESTS)
        inside = tested
        for expression in node.expressions():
            uses = list(_in_expression(expression, template, tested, guarded=is_test))
            yield from uses
            if is_test:
                inside |= {(use.head, use.name) for use in uses}
        if isinstance(node, IncludeNode | RenderNode):
            if isinstance(node.name, Literal):
                other = context.env.get_template(str(node.name.value), context=context, tag=node.tag)
                yield from _in_nodes(other.nodes, context, other.name, inside)
        else:
            children = list(node.children(context, include_partials=False))
            yield from _in_nodes(children, context, template, inside)


def _in_expression(
    expression: Expression, template: str, tested: frozenset[_Name], *, guarded: bool = False
) -> Iterator[Use]:
    if isinstance(expression, FilteredExpression):
        yield from _in_filtered(expression, template, tested, guarded=guarded)
        return
    if isinstance(expression, Path):
        head, name, *_ = (*expression.path, None)
        if isinstance(head, str) and isinstance(name, str):
            yield Use(head, name, template, expression.token.start_index, guarded or (head, name) in tested)
    for child in expression.children():
        yield from _in_expression(child, template, tested, guarded=guarded)


def _in_filtered(
    expression: FilteredExpression, template: str, tested: frozenset[_Name], *, guarded: bool
) -> Iterator[Use]:
    filters = expression.filters or []
    caught = bool(filters) and filters[0].name in _TAKES_NOTHING_TOO
    yield from _in_expression(expression.left, template, tested, guarded=guarded or caught)
    for place, used in enumerate(filters):
        # What stands in for a value may be missing too, where there is a default for that again.
        again = used.name == "default" and any(each.name == "default" for each in filters[place + 1 :])
        for argument in used.children():
            takes_it = guarded or again or used.name in _OUR_FILTERS
            yield from _in_expression(argument, template, tested, guarded=takes_it)
