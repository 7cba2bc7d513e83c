"""What a journey's file must leave alone, since it would be another thing when the run is replayed."""

import ast
from collections.abc import Iterator, Mapping

from worker.journey_source import JourneySource

_IO = "do that in an activity"
IMPORTS: Mapping[str, str] = {
    "random": "draw with workflow.random(), or self.variant(…)",
    "secrets": "draw with workflow.random()",
    "time": "wait with self.sleep(…), and read workflow.now()",
    "zoneinfo": "wait with self.sleep_until(…), which knows the person's clock",
    "threading": "branch with asyncio.gather(…)",
    "structlog": "log with workflow.logger, which is silent on replay",
    "logging": "log with workflow.logger, which is silent on replay",
    **dict.fromkeys(
        (
            "os",
            "socket",
            "subprocess",
            "asyncpg",
            "psycopg",
            "sqlalchemy",
            "sqlmodel",
            "httpx",
            "requests",
            "aiohttp",
            "urllib.request",
            "http.client",
            "aiosmtplib",
            "smtplib",
        ),
        _IO,
    ),
    **dict.fromkeys(
        (
            "fermata.access",
            "fermata.channels",
            "fermata.database",
            "fermata.enrolment",
            "fermata.feedback",
            "fermata.ingest",
            "fermata.ledger",
            "fermata.profiles",
            "fermata.traits",
        ),
        "a journey asks by its verbs alone",
    ),
}
"""Modules that a journey's file must not import: what they answer is another one when the run is replayed."""

CALLS: Mapping[str, str] = {
    "datetime.now": "workflow.now()",
    "datetime.utcnow": "workflow.now()",
    "datetime.today": "workflow.now()",
    "date.today": "workflow.now().date()",
    "uuid4": "workflow.uuid4()",
    "uuid.uuid4": "workflow.uuid4()",
    "uuid.uuid1": "workflow.uuid4()",
    "asyncio.sleep": "self.sleep(…): the goal, an exit and a pause must wake it",
    "asyncio.wait": "workflow.wait(…)",
    "asyncio.as_completed": "workflow.as_completed(…)",
    "workflow.sleep": "self.sleep(…): the goal, an exit and a pause must wake it",
}
"""Calls that a journey must not make, and what stands in their place."""


def undetermined(source: JourneySource) -> Iterator[str]:
    """Imports and calls whose answer a replay would not find again, one line each, with file, line and mend.

    Args:
        source: The journey's file.
    """
    yield from _imports(source)
    yield from _calls(source)


def _imports(source: JourneySource) -> Iterator[str]:
    for node in _at_run_time(source.tree):
        match node:
            case ast.Import(names=names):
                imported = [each.name for each in names]
            case ast.ImportFrom(module=str(module), level=0):
                imported = [module]
            case _:
                continue
        for name in imported:
            known = next((each for each in IMPORTS if name == each or name.startswith(f"{each}.")), None)
            if known is not None:
                yield f"{source.at(node)}: imports {name}, which answers otherwise on replay; {IMPORTS[known]}"


def _at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that stand there for a type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")):
            yield node
            yield from _at_run_time(node)


def _calls(source: JourneySource) -> Iterator[str]:
    for node in ast.walk(source.body) if source.body is not None else ():
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS:
                yield f"{source.at(node)}: calls {name}(…), which a run cannot do; write {CALLS[name]}"
