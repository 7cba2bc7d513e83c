"""A segment that was built wrongly: the error says which value, and the mend."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fermata.errors import DefinitionError

_Built = TypeVar("_Built", bound=BaseModel)
_LONGEST_VALUE = 80


class InvalidSegment(DefinitionError):
    """A segment that cannot work as written."""


def built(model: type[_Built], **values: object) -> _Built:
    """Returns the model made of these values.

    Raises:
        InvalidSegment: A value cannot be; the message names it and the mend.
    """
    try:
        return model(**values)
    except ValidationError as error:
        raise InvalidSegment(told(error)) from None


def told(error: ValidationError) -> str:
    """What pydantic found, as one sentence a problem, each with its place and its value."""
    sentences = []
    for problem in error.errors(include_url=False, include_context=False):
        place = ".".join(str(step) for step in problem["loc"])
        own = problem["msg"].removeprefix("Value error, ")  # these name the value already
        said = own if own != problem["msg"] else f"{own}, not {repr(problem['input'])[:_LONGEST_VALUE]}"
        sentences.append(f"{place}: {said}" if place else said)
    return "; ".join(sentences)
