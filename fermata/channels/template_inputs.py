"""Whether all that a template speaks of will be there: told when the worker starts, and not at night."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from fermata.channels.message_sheet import SOURCES, Sheet
from fermata.channels.template_source import Source
from fermata.channels.template_uses import Use
from fermata.channels.value_types import fits
from fermata.events.verbs import Schema

_OURS = {
    "message": frozenset({"key", "journey", "locale", "unsubscribe_url", "confirm_url"}),
    "site": frozenset({"name", "url", "address"}),
}
"""What we put there ourselves: nothing else ever will be."""


@dataclass(frozen=True)
class Spoken:
    """What one message speaks of.

    Args:
        sheet: What it says of itself.
        sheet_source: Where it says it; None without a sheet.
        uses: With the file of each.
    """

    sheet: Sheet
    sheet_source: Source | None
    uses: tuple[tuple[Use, Source], ...]


def never_there(spoken: Spoken) -> Iterator[str]:
    """Names that no event and no person can fill, one line each: typing errors, mostly."""
    known = {**_OURS, "products": frozenset(spoken.sheet.products)}
    for use, source in spoken.uses:
        if use.head in known and use.name not in known[use.head]:
            names = ", ".join(sorted(known[use.head])) or "none; declare them under [products] in message.toml"
            yield f"{source.at(use.index)}: {use.head}.{use.name} is never there; there are {names}"


def unmet(spoken: Spoken, event: str, schema: Schema) -> Iterator[str]:
    """What may be missing on the night, one line each.

    Properties that the schema of the event names are taken to be there, and those that the message declares. Where the
    event has no schema and the message declares nothing, nothing is known, and nothing is told.

    Args:
        spoken: What the message speaks of.
        event: The event that starts the journey.
        schema: What is known of its properties; empty for none.
    """
    yield from _contradictions(spoken, event, schema)
    known = {"event": schema, "profile": {}}
    for use, source in spoken.uses:
        if use.head in SOURCES:
            problem = _problem(use, spoken, known[use.head])
            if problem is not None:
                yield f"{source.at(use.index)}: {problem}"


def _problem(use: Use, spoken: Spoken, known: Mapping[str, str]) -> str | None:
    path = f"{use.head}.{use.name}"
    inputs = spoken.sheet.inputs.of(use.head)
    declared = inputs.get(use.name) if inputs is not None else None
    if declared is not None:
        if declared.optional and not use.guarded:
            return f"{path} is optional in message.toml; test for it with if, or give it a default"
        return None
    if use.guarded or use.name in known or (inputs is None and not known):
        return None
    near = get_close_matches(use.name, [*known, *(inputs or ())], n=1)
    meant = f" (did you mean {use.head}.{near[0]}?)" if near else ""
    return (
        f"nothing says that {path} will be there{meant}; "
        f"give it a default here, or declare it under [inputs.{use.head}] in message.toml"
    )


def _contradictions(spoken: Spoken, event: str, schema: Schema) -> Iterator[str]:
    source = spoken.sheet_source
    if source is None or not schema:
        return
    for name, wanted in (spoken.sheet.inputs.event or {}).items():
        if name not in schema and wanted.needed:
            yield (
                f"{source.path}: inputs.event.{name}: {event!r} has no such property in its schema; "
                "give it a default, make it optional, or add it to the event's schema"
            )
        if name in schema and not fits(schema[name], wanted.type):
            yield f"{source.path}: inputs.event.{name} = {wanted.type!r}, and of {event!r} it is {schema[name]!r}"


def written_once(problems: Iterable[str]) -> list[str]:
    """The problems in the order of the files, each once, however many languages share a file."""
    return list(dict.fromkeys(problems))
