"""Reads a compiled template for what would go wrong at night, and says so at the start with file and line."""

from collections.abc import Iterator, Mapping
from typing import Literal as OneOf

from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, StringLiteral
from liquid.builtin.expressions.primitive import IntegerLiteral, Literal, RangeLiteral
from liquid.builtin.tags.include_tag import IncludeNode
from liquid.builtin.tags.render_tag import RenderNode
from liquid.expression import Expression

from fermata.channels.template_files import Shared
from fermata.channels.template_source import Source
from fermata.errors import DefinitionError

VARIABLES = frozenset({"profile", "event", "message", "site", "products"})
"""What a template can speak of; all else it must set itself, or be given."""

Place = OneOf["message", "partial", "block"]

_LONGEST_RANGE = 200


def check_template(template: BoundTemplate, source: Source, shared: Mapping[str, Shared], place: Place) -> None:
    """Refuses unknown filters, open ranges and files that could run away, and variables that will never be there.

    A message may include partials and render blocks, a partial may render blocks, a block stands alone: so nothing can
    come back to itself.

    Args:
        template: The compiled file.
        source: The file.
        shared: What may be included and rendered, by name.
        place: What the file is. Variables of partials and blocks are looked at where they are used.

    Raises:
        DefinitionError: With file, line and mend.
    """
    for node in nodes_of(template.nodes, RenderContext(template)):
        if isinstance(node, IncludeNode):
            _check_include(node, source, shared, place)
        if isinstance(node, RenderNode):
            _check_render(node, source, shared, place)
        for outer in node.expressions():
            for expression in _expressions(outer):
                _check_expression(expression, template, source)
    if place == "message":
        _check_variables(template, source, shared)


def nodes_of(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    """All nodes of a template, without those of the files that it includes or renders."""
    for node in nodes:
        yield node
        yield from nodes_of(list(node.children(context, include_partials=False)), context)


def _check_include(node: IncludeNode, source: Source, shared: Mapping[str, Shared], place: Place) -> None:
    at = source.at(node.token.start_index)
    if place != "message":
        raise DefinitionError(f"{at}: a {place} includes another; include both from the message's own template")
    if not isinstance(node.name, Literal) or node.var is not None:
        raise DefinitionError(f"{at}: name the partial in quotes, as in {{% include 'product' %}}, and nothing more")
    _check_name(str(node.name.value), at, shared, is_block=False)


def _check_render(node: RenderNode, source: Source, shared: Mapping[str, Shared], place: Place) -> None:
    at = source.at(node.token.start_index)
    if place == "block":
        raise DefinitionError(f"{at}: a block renders another; render both from the message's own template")
    if not isinstance(node.name, StringLiteral) or node.var is not None:
        raise DefinitionError(
            f"{at}: name the block in quotes and give it values by name, as in {{% render 'card', product: product %}}"
        )
    _check_name(node.name.value, at, shared, is_block=True)


def _check_name(name: str, at: str, shared: Mapping[str, Shared], *, is_block: bool) -> None:
    kind, folder = ("block", "_blocks") if is_block else ("partial", "_partials")
    found = shared.get(name)
    if found is None:
        known = ", ".join(sorted(each for each, file in shared.items() if file.is_block is is_block)) or "none"
        raise DefinitionError(f"{at}: there is no {kind} {name!r} in {folder}/; there are: {known}")
    if found.is_block is not is_block:
        other = f"a block; write {{% render {name!r} %}}" if found.is_block else f"a partial; write include {name!r}"
        raise DefinitionError(f"{at}: {name!r} is {other}")


def _check_expression(expression: Expression, template: BoundTemplate, source: Source) -> None:
    if isinstance(expression, FilteredExpression):
        for used in expression.filters or ():
            if used.name not in template.env.filters:
                known = ", ".join(sorted(template.env.filters))
                place = source.at(used.token.start_index)
                raise DefinitionError(f"{place}: there is no filter {used.name!r}; there are: {known}")
    if isinstance(expression, RangeLiteral):
        start, stop = expression.start, expression.stop
        if (
            isinstance(start, IntegerLiteral)
            and isinstance(stop, IntegerLiteral)
            and stop.value - start.value < _LONGEST_RANGE
        ):
            return
        raise DefinitionError(
            f"{source.at(expression.token.start_index)}: write both ends of {expression} as numbers, "
            f"at most {_LONGEST_RANGE} apart; a range that the data sets could go round for ever"
        )


def _check_variables(template: BoundTemplate, source: Source, shared: Mapping[str, Shared]) -> None:
    for name, uses in template.analyze().globals.items():
        if name in VARIABLES:
            continue
        span = uses[0].span
        stands_in = shared.get(span.template_name)
        place = (stands_in.source if stands_in is not None else source).at(span.index)
        known = ", ".join(sorted(VARIABLES))
        given = "what it is given" if stands_in is not None and stands_in.is_block else "what it assigns"
        raise DefinitionError(f"{place}: nothing sets {name!r}; a template can speak of {known} and {given}")


def _expressions(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _expressions(child)
