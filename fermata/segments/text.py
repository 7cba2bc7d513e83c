"""Text that Postgres can hold: names of events, journeys and properties, and what they are compared with."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _storable(text: str) -> str:
    if not text.strip():
        raise ValueError(f"{text!r} says nothing; write a name")
    return storable(text)


def storable(text: str) -> str:
    """Returns the text.

    Raises:
        ValueError: Postgres cannot hold it.
    """
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(f"{text[:60]!r} has a character that Postgres cannot hold (NUL or half of a pair)")
    return text


Name = Annotated[str, Field(strict=True, max_length=200), AfterValidator(_storable)]
"""A name: not blank, at most 200 characters."""
