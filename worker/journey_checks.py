"""Checks every journey before the worker takes a run: what would fail at night fails now, with file, line and mend."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from fermata.channels import Templates
from fermata.errors import DefinitionError
from fermata.events.verbs import Verbs, standard_verbs
from fermata.journeys import JourneyDefinition, Message
from fermata.policy import Policy
from fermata.segments import Segment, events_of, journeys_of
from fermata.vocabulary import Channel, Purpose
from workflows.discovery import Journeys
from workflows.journey import Journey


@dataclass(frozen=True)
class _Source:
    """A journey's file, read once."""

    module: ModuleType
    path: Path
    tree: ast.Module

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"


def check_journeys(journeys: Journeys, templates: Templates, policy: Policy, verbs: Verbs | None = None) -> None:
    """Looks for what is named and not there, or not named right: events, journeys, words, and what the words speak of.

    Args:
        journeys: All that the worker would run.
        templates: What messages are written from.
        policy: It says which channels may stand in for a message's own.
        verbs: The standard events; those that ship where it is None.

    Raises:
        DefinitionError: Everything that is wrong, one line each.
    """
    wrong = [
        problem
        for journey in journeys.classes.values()
        for source in (_read(journey),)
        for problem in (
            *_unlisted_events(journey, source),
            *_unheard_events(journey, source, verbs or standard_verbs()),
            *_unknown_names(journey, source, journeys),
            *_marketing_in_what_is_owed(journey, source),
            *_missing_templates(source, templates, policy),
            *_unmet_inputs(journey, source, templates, verbs or standard_verbs()),
        )
    ]
    if wrong:
        raise DefinitionError("\n".join(dict.fromkeys(wrong)))


def _read(journey: type[Journey]) -> _Source:
    module = inspect.getmodule(journey)
    path = inspect.getsourcefile(journey)
    if module is None or path is None:
        raise DefinitionError(f"{journey.__qualname__} has no source file to check; define it in a module")
    return _Source(module, Path(path), ast.parse(Path(path).read_text(encoding="utf-8"), path))


def _unlisted_events(journey: type[Journey], source: _Source) -> Iterator[str]:
    definition = journey.definition
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == journey.__name__:
            for line, event in _awaited_events(node):
                if event not in definition.awaited:
                    yield (
                        f"{source.place(line)}: waits for {event!r}, which the definition does not list; "
                        f"add it to listens_to={_listed(definition)}"
                    )


def _unheard_events(journey: type[Journey], source: _Source, verbs: Verbs) -> Iterator[str]:
    """Events come in under their standard names: under another one a journey would never hear of them."""
    asked = (events_of(segment) for segment in _segments(journey, source))
    for event in sorted(journey.definition.awaited.union(*asked)):
        verb = verbs.find(event)
        if verb is not None and verb.name != event:
            line = _line_with(source, event)
            yield f"{source.place(line)}: {event!r} comes in under its standard name; write {verb.name!r}"


def _unknown_names(journey: type[Journey], source: _Source, journeys: Journeys) -> Iterator[str]:
    """Journeys that a segment asks about and that this worker does not run: nobody ever is or was in them."""
    asked = (journeys_of(segment) for segment in _segments(journey, source))
    for name in sorted(frozenset[str]().union(*asked) - frozenset(journeys.classes)):
        place = source.place(_line_with(source, name))
        yield f"{place}: no journey is named {name!r}; there are {', '.join(sorted(journeys.classes))}"


def _segments(journey: type[Journey], source: _Source) -> Iterator[Segment]:
    """Whom a journey asks about: who enters, and who gets a message."""
    if journey.definition.entry is not None:
        yield journey.definition.entry
    for message in vars(source.module).values():
        if isinstance(message, Message) and message.eligible is not None:
            yield message.eligible


def _marketing_in_what_is_owed(journey: type[Journey], source: _Source) -> Iterator[str]:
    """No holdout applies to a transactional journey, so no marketing may be in it."""
    if not journey.definition.transactional:
        return
    for name, message in vars(source.module).items():
        if isinstance(message, Message) and message.purpose is not Purpose.TRANSACTIONAL:
            place = source.place(_line_of(source, name))
            yield f"{place}: {message.key!r} is {message.purpose} in a transactional journey; give it that purpose too"


def _line_with(source: _Source, text: str) -> int:
    found = (node.lineno for node in ast.walk(source.tree) if isinstance(node, ast.Constant) and node.value == text)
    return next(found, 1)


def _awaited_events(tree: ast.ClassDef) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wait_for":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.lineno, argument.value


def _listed(definition: JourneyDefinition) -> str:
    return repr(tuple(definition.listens_to))


def _missing_templates(source: _Source, templates: Templates, policy: Policy) -> Iterator[str]:
    for name, message in vars(source.module).items():
        if isinstance(message, Message):
            for path in templates.missing(message, _stand_ins(message, policy)):
                place = source.place(_line_of(source, name))
                yield f"{place}: message {message.key!r} has no template {path}; write it"


def _unmet_inputs(journey: type[Journey], source: _Source, templates: Templates, verbs: Verbs) -> Iterator[str]:
    """Values that a message's templates speak of, and that neither its trigger nor its sheet says will be there."""
    event = journey.definition.trigger.event
    verb = verbs.find(event)
    schema = verbs.schema_of(verb) if verb is not None else {}
    for message in vars(source.module).values():
        if isinstance(message, Message):
            yield from templates.unmet(message.key, event, schema)


def _stand_ins(message: Message, policy: Policy) -> tuple[Channel, ...]:
    """Every channel that the policy may put in the place of the message's own, and in the place of those again."""
    found: dict[Channel, None] = {}
    waiting = list(message.channels)
    while waiting:
        fallback = policy.channels.table(waiting.pop()).fallback
        if fallback is not None and fallback not in found and fallback not in message.channels:
            found[fallback] = None
            if fallback not in (Channel.INBOX, Channel.BADGE):
                waiting.append(fallback)
    return tuple(found)


def _line_of(source: _Source, name: str) -> int:
    for node in source.tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.lineno
    return 1
