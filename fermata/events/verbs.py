"""The standard events: their names, the other names under which they come in, and the schema of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from fermata.errors import ConfigurationError
from fermata.events.property_types import TYPES
from fermata.events.toml_document import faults, quoted, read_toml

PRODUCTS = "products"
"""The type of a list of products."""

Schema = Mapping[str, str]
"""Types by property."""


@dataclass(frozen=True)
class Verb:
    """A standard event.

    Args:
        name: As journeys listen for it.
        schema: The name of the schema of its properties; None where it has none.
    """

    name: str
    schema: str | None


@dataclass(frozen=True)
class Verbs:
    """All standard events of a deployment.

    Args:
        by_key: By every name under which they come in, as ``key_of`` writes it.
        schemas: By name; ``product`` is that of one product in a list.
    """

    by_key: Mapping[str, Verb] = field(default_factory=dict)
    schemas: Mapping[str, Schema] = field(default_factory=dict)

    def find(self, name: str) -> Verb | None:
        """The standard event that a name means, or None for an event that is the sender's own."""
        return self.by_key.get(key_of(name))

    def schema_of(self, verb: Verb) -> Schema:
        """What the properties of an event must be."""
        return self.schemas[verb.schema] if verb.schema is not None else {}

    @property
    def product(self) -> Schema:
        """The schema of one product in a list."""
        return self.schemas.get("product", {})


class _Entry(BaseModel):
    """``[verbs.NAME]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aliases: tuple[str, ...] = ()
    schema_name: str | None = Field(default=None, alias="schema")


class _Document(BaseModel):
    """A mapping of names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schemas: dict[str, dict[str, str]] = Field(default_factory=dict)
    verbs: dict[str, _Entry] = Field(default_factory=dict)


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """A name without case, spaces and punctuation: ``"cart.add"`` and ``"Cart Add"`` are the same."""
    return "".join(filter(str.isalnum, name.casefold()))


@cache
def standard_verbs() -> Verbs:
    """The standard events that ship; read once."""
    return read_verbs(resources.files("fermata.events").joinpath("presets/verbs.toml").read_text(encoding="utf-8"))


def read_verbs(
    document: str,
    *,
    over: Verbs = Verbs(),
    source: str = "the mapping of event names",
) -> Verbs:
    """Reads a mapping of names.

    Args:
        document: TOML: ``[schemas.*]`` with a type for each property, ``[verbs.*]`` with ``aliases`` and ``schema``.
        over: What it adds to: it may give a standard event more aliases, or another schema, and a schema more
            properties, or other types. It takes nothing away.
        source: What errors call it.

    Raises:
        ConfigurationError: With all its faults, each with its place: it is no TOML, a type or schema is unknown, or
            two events share a name.
    """
    read = read_toml(document, _Document, source)
    schemas = {**over.schemas, **{name: {**over.schemas.get(name, {}), **own} for name, own in read.schemas.items()}}
    by_key = dict(over.by_key)
    wrong = [*_unknown_types(read), *_unknown_schemas(read, schemas)]
    for name, entry in read.verbs.items():
        wrong += _add(by_key, name, entry)
    if wrong:
        raise ConfigurationError(faults(source, wrong))
    return Verbs(by_key, schemas)


def _add(by_key: dict[str, Verb], name: str, entry: _Entry) -> Iterator[str]:
    """Adds an event to those that are there, or its names to the event of this name; tells what cannot be."""
    verb = Verb(name, entry.schema_name)
    known = by_key.get(key_of(name))
    if known is not None and known.name == name:
        verb = Verb(name, entry.schema_name or known.schema)
        by_key.update({key: verb for key, each in by_key.items() if each is known})
    for each in (name, *entry.aliases):
        key = key_of(each)
        owner = by_key.setdefault(key, verb)
        if not key:
            yield f"{quoted('verbs', name)}: {each!r} has neither letter nor digit; all such names would mean it"
        elif owner is not verb:
            yield (
                f"{quoted('verbs', name)}: {each!r} stands for {owner.name!r} and for {name!r}; leave it to one of them"
            )


def _unknown_schemas(read: _Document, schemas: Mapping[str, Schema]) -> Iterator[str]:
    for name, entry in read.verbs.items():
        if entry.schema_name is not None and entry.schema_name not in schemas:
            yield f"{quoted('verbs', name)} has the schema {entry.schema_name!r}, which is not there"


def _unknown_types(read: _Document) -> Iterator[str]:
    for schema, types in read.schemas.items():
        for name, wanted in types.items():
            if wanted not in TYPES and wanted != PRODUCTS:
                choices = ", ".join([*TYPES, PRODUCTS])
                yield f"{quoted('schemas', schema, name)} = {wanted!r} is no type; use one of {choices}"
