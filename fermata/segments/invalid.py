"""A segment that was built wrongly: the error says which value, and the mend."""

from reprlib import Repr
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fermata.errors import DefinitionError

_Built = TypeVar("_Built", bound=BaseModel)
_LONGEST_PLACE = 200


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
    short = Repr()  # what was given may be large, or nested without end
    short.maxstring = short.maxother = 80
    sentences = []
    for problem in error.errors(include_url=False, include_context=False):
        place = ".".join(str(step) for step in problem["loc"])[-_LONGEST_PLACE:]
        own = problem["msg"].removeprefix("Value error, ")  # these name the value already
        said = own if own != problem["msg"] else f"{own}, not {short.repr(problem['input'])}"
        sentences.append(f"{place}: {said}" if place else said)
    return "; ".join(sentences)
