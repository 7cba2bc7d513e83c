"""Reads a compiled template for what would go wrong at night, and says so at the start with file and line."""

from collections.abc import Iterator, Mapping

from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.expressions.primitive import IntegerLiteral, Literal, RangeLiteral
from liquid.builtin.tags.include_tag import IncludeNode
from liquid.expression import Expression

from fermata.channels.template_files import Source
from fermata.errors import DefinitionError

VARIABLES = frozenset({"profile", "event", "message", "site"})
"""What a template can speak of; all else it must set itself."""

_LONGEST_RANGE = 200


def check_template(
    template: BoundTemplate, source: Source, partials: Mapping[str, Source], *, is_partial: bool = False
) -> None:
    """Refuses unknown filters, open ranges and includes that could run away, and variables that will never be there.

    Args:
        template: The compiled file.
        source: The file.
        partials: What may be included, by name.
        is_partial: It may not include others, and its variables are looked at where it is included.

    Raises:
        DefinitionError: With file, line and mend.
    """
    for node in _nodes(template.nodes, RenderContext(template)):
        if isinstance(node, IncludeNode):
            _check_include(node, source, partials, is_partial=is_partial)
        for outer in node.expressions():
            for expression in _expressions(outer):
                _check_expression(expression, template, source)
    if not is_partial:
        _check_variables(template, source, partials)


def _check_include(node: IncludeNode, source: Source, partials: Mapping[str, Source], *, is_partial: bool) -> None:
    place = source.at(node.token.start_index)
    if is_partial:
        raise DefinitionError(f"{place}: a partial includes another; include both from the message's own template")
    if not isinstance(node.name, Literal) or node.var is not None:
        raise DefinitionError(f"{place}: name the partial in quotes, as in {{% include 'product' %}}, and nothing more")
    if node.name.value not in partials:
        known = ", ".join(sorted(partials)) or "none"
        raise DefinitionError(f"{place}: there is no partial {node.name.value!r} in _partials/; there are: {known}")


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


def _check_variables(template: BoundTemplate, source: Source, partials: Mapping[str, Source]) -> None:
    for name, uses in template.analyze().globals.items():
        if name in VARIABLES:
            continue
        span = uses[0].span
        place = partials.get(span.template_name, source).at(span.index)
        known = ", ".join(sorted(VARIABLES))
        raise DefinitionError(f"{place}: nothing sets {name!r}; a template can speak of {known} and what it assigns")


def _nodes(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(list(node.children(context, include_partials=False)), context)


def _expressions(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _expressions(child)
