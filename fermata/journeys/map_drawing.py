"""Draws the map of a journey from the text of its file."""

import ast
from collections.abc import Iterator, Mapping

from fermata.errors import DefinitionError
from fermata.journeys.definition import JourneyDefinition
from fermata.journeys.map import JourneyMap, Step, StepKind, Way
from fermata.journeys.map_graph import Graph, Open, TooLarge, without_idle_branches
from fermata.journeys.map_names import Method
from fermata.journeys.map_reading import Reader
from fermata.journeys.map_values import Values
from fermata.journeys.spans import in_words

_START = "start"


def draw_map(
    text: str, class_name: str, *, journey: str, definition: JourneyDefinition, names: Mapping[str, object]
) -> JourneyMap:
    """Draws a journey.

    Args:
        text: Of its file.
        class_name: Of its class there.
        journey: Its name.
        definition: What starts and ends it.
        names: What the names at the top of the file stand for, so that messages from other files are known too.

    Raises:
        DefinitionError: The file has no such class, or the class no ``run``.
    """
    tree = ast.parse(text)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if class_name not in classes:
        raise DefinitionError(f"{journey}: its file has no class {class_name} at the top; define it there")
    methods = _methods(classes[class_name], classes)
    if "run" not in methods:
        raise DefinitionError(f"{journey}: {class_name} has no `async def run`; @workflow.run must stand in the class")
    graph = Graph()
    first = classes[class_name].lineno
    reader = Reader(graph, methods, Values(names), ("run",))
    try:
        ends = reader.read(methods["run"], (Open(_START),))
    except TooLarge:
        graph.miss(methods["run"], f"it has more than {len(graph.steps)} steps; what comes after is not drawn")
        ends = ()
    graph.lead(ends, "end")
    title = (ast.get_docstring(tree) or journey).partition("\n")[0]
    sides, side_ways = _at_any_time(definition, first)
    start = Step(id=_START, kind=StepKind.START, label=_begins(definition), line=first)
    end = (Step(id="end", kind=StepKind.END, label="Completed", line=first),) if ends else ()
    steps, ways = without_idle_branches(graph.steps, graph.ways)
    return JourneyMap(
        journey=journey,
        title=title,
        steps=(start, *steps, *end, *sides),
        ways=(*ways, *side_ways),
        unread=tuple(graph.unread),
    )


def _methods(journey: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> dict[str, Method]:
    """The methods of a class and of those above it in its file; its own come first."""
    found: dict[str, Method] = {}
    for each in _lineage(journey, classes):
        for node in each.body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                found.setdefault(node.name, node)
    return found


def _lineage(journey: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    yield journey
    for name in journey.bases:
        if isinstance(name, ast.Name) and name.id in classes:
            yield from _lineage(classes[name.id], classes)


def _begins(definition: JourneyDefinition) -> str:
    where = " and ".join(map(str, definition.trigger.where))
    whom = f", of whoever: {definition.entry}" if definition.entry is not None else ""
    return f"{' or '.join(definition.trigger.events)}{f' where {where}' if where else ''}{whom}"


def _at_any_time(definition: JourneyDefinition, line: int) -> tuple[tuple[Step, ...], tuple[Way, ...]]:
    """The ends that a run may come to from wherever it waits."""
    ends = [
        *(
            [Step(id="goal", kind=StepKind.GOAL, label=f"Goal: {definition.goal}", line=line)]
            if definition.goal
            else []
        ),
        *(
            Step(id=f"exit{number}", kind=StepKind.EXIT, label=f"Exit: {event}", line=line)
            for number, event in enumerate(definition.exit_on, 1)
        ),
        Step(id="limit", kind=StepKind.LIMIT, label=f"Time limit: {in_words(definition.at_most)}", line=line),
    ]
    ways = (Way(source=_START, target=end.id, label="at any time", at_any_time=True) for end in ends)
    return tuple(ends), tuple(ways)
