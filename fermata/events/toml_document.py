"""Reads a deployment's own TOML document into its model, and names every fault with its place."""

import tomllib
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fermata.errors import ConfigurationError

_Document = TypeVar("_Document", bound=BaseModel)


def read_toml(text: str, model: type[_Document], source: str) -> _Document:
    """Returns the document as its model.

    Args:
        text: TOML.
        model: What it must be.
        source: What errors call it: the setting and the file.

    Raises:
        ConfigurationError: With all its faults, each with its place.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not TOML: {error}") from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise ConfigurationError(faults(source, faults_in(error))) from None


def faults_in(error: ValidationError, *place: str) -> list[str]:
    """Each fault of a part of a document, with its place in the whole.

    Args:
        error: What the part's model says of it.
        place: Where the part stands, from the top of the document down.
    """
    return [_told(fault, *place) for fault in error.errors()]


def faults(source: str, told: list[str]) -> str:
    """One message for all the faults of a document.

    Args:
        source: What errors call it.
        told: Each fault, with its place.
    """
    return "; ".join(f"{source}: {each}" for each in told)


def quoted(*keys: str) -> str:
    """A place in a document, as TOML writes it: ``verbs."Product Added".schema``.

    Args:
        keys: From the top of the document down.
    """
    return ".".join(key if key.replace("_", "").replace("-", "").isalnum() else f'"{key}"' for key in keys)


def _told(fault: ErrorDetails, *above: str) -> str:
    below = quoted(*(str(part) for part in fault["loc"] if part != "[key]"))
    place = ".".join(part for part in (*above, below) if part)
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{place} is no key that is known here; leave it out"
    if fault["type"] == "missing":
        return f"{place} is missing"
    given = "" if isinstance(fault["input"], dict) else f" = {_cut(fault['input'])}"
    return f"{place}{given}: {message.replace('Input should be', 'must be')}"


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
