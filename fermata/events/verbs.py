"""The standard events: their names, the other names under which they come in, and the schema of each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fermata.errors import ConfigurationError
from fermata.events.property_types import TYPES

PRODUCTS = "products"
"""The type of a list of products."""

Schema = Mapping[str, str]
"""Types by property."""


@dataclass(frozen=True)
class Verb:
    """A standard event.

    Args:
        name: As journeys listen for it.
        schema: What its properties must be.
    """

    name: str
    schema: Schema


@dataclass(frozen=True)
class Verbs:
    """All standard events.

    Args:
        by_key: By every name under which they come in, as ``key_of`` writes it.
        product: The schema of one product in a list.
    """

    by_key: Mapping[str, Verb]
    product: Schema

    def find(self, name: str) -> Verb | None:
        """The standard event that a name means, or None for an event that is the sender's own."""
        return self.by_key.get(key_of(name))


def key_of(name: str) -> str:
    """A name without case, spaces and punctuation: ``"cart.add"`` and ``"Cart Add"`` are the same."""
    return "".join(filter(str.isalnum, name.casefold()))


@cache
def standard_verbs() -> Verbs:
    """The standard events that ship; read once."""
    return read_verbs(resources.files("fermata.events").joinpath("presets/verbs.toml").read_text(encoding="utf-8"))


def read_verbs(document: str) -> Verbs:
    """Reads a mapping of names.

    Args:
        document: TOML: ``[schemas.*]`` with a type for each property, ``[verbs.*]`` with ``aliases`` and ``schema``.

    Raises:
        ConfigurationError: It is no TOML, a type or schema is unknown, or two events share a name.
    """
    try:
        read = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"the mapping of event names is not TOML: {error}") from None
    schemas: dict[str, Schema] = read.get("schemas", {})
    for schema, types in schemas.items():
        for name, wanted in types.items():
            if wanted not in TYPES and wanted != PRODUCTS:
                choices = ", ".join([*TYPES, PRODUCTS])
                raise ConfigurationError(f"schemas.{schema}.{name} = {wanted!r} is no type; use one of {choices}")
    by_key: dict[str, Verb] = {}
    for name, entry in read.get("verbs", {}).items():
        if entry["schema"] not in schemas:
            raise ConfigurationError(f"verbs.{name!r} has the schema {entry['schema']!r}, which is not there")
        verb = Verb(name, schemas[entry["schema"]])
        for each in (name, *entry["aliases"]):
            other = by_key.setdefault(key_of(each), verb)
            if other is not verb:
                raise ConfigurationError(
                    f"{each!r} stands for {other.name!r} and for {name!r}; leave it to one of them"
                )
    return Verbs(by_key, schemas.get("product", {}))
