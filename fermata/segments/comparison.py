"""One comparison of a property or a trait with a value: is, is one of, is at least, is set, and their negations."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from fermata.segments.invalid import built
from fermata.segments.scalar import Scalar, ScalarValue, is_number, scalar_words, to_number
from fermata.segments.text import Name

_INDEX = re.compile(r"-?[0-9]{1,6}")


def _path(name: object) -> object:
    """ "address.city" is the city in the address; a tuple names each step, for a name that has a dot in it."""
    return tuple(name.split(".")) if isinstance(name, str) else name


Path = Annotated[tuple[Name, ...], BeforeValidator(_path), Field(min_length=1, max_length=10)]


class Operator(StrEnum):
    """How a value is compared. Those of order are for numbers."""

    IS = "is"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    IS_SET = "is_set"

    @property
    def is_order(self) -> bool:
        """Whether it asks which of two numbers is the greater."""
        return self in {Operator.AT_LEAST, Operator.MORE_THAN, Operator.AT_MOST, Operator.LESS_THAN}


class Comparison(BaseModel):
    """What must hold of one value in a JSON object.

    A number is compared with numbers, and with text that is a plain number ("49.90"): shops send prices as both.
    Other text, true and false are equal to themselves only. What is absent or null is equal to nothing.

    Args:
        path: Where the value is: ``("address", "city")``. A number picks from a list.
        operator: How it is compared.
        values: With what: none for ``is_set``, one or more for ``one_of``, else one.
        negated: The opposite, so that what is absent holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    operator: Operator
    values: tuple[ScalarValue, ...] = Field(default=(), max_length=1000)
    negated: bool = False

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        wanted = {Operator.IS_SET: self.values == (), Operator.ONE_OF: self.values != ()}
        if not wanted.get(self.operator, len(self.values) == 1):
            raise ValueError(f"{self.operator.value} of {self.name} does not go with {len(self.values)} values")
        if self.operator.is_order and not is_number(self.values[0]):
            raise ValueError(f"{self.name}: {self.values[0]!r} is no number; only numbers are greater or smaller")
        return self

    def __invert__(self) -> Self:
        return self.model_copy(update={"negated": not self.negated})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparison) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        # To Python 1 == True; to a person and to JSON it is not.
        kinds = tuple(isinstance(value, bool) for value in self.values)
        return (self.path, self.operator, self.values, kinds, self.negated)

    @property
    def name(self) -> str:
        """The path as text: "address.city"."""
        return ".".join(json.dumps(step) if "." in step else step for step in self.path)

    @property
    def words(self) -> str:
        """For people: 'plan is "pro"', "price is at least 50"."""
        verb = "is not" if self.negated else "is"
        said = [scalar_words(value) for value in self.values]
        match self.operator:
            case Operator.IS:
                return f"{self.name} {verb} {said[0]}"
            case Operator.ONE_OF:
                return f"{self.name} {verb} one of {', '.join(said)}"
            case Operator.IS_SET:
                return f"{self.name} {verb} set"
            case _:
                return f"{self.name} {verb} {self.operator.replace('_', ' ')} {said[0]}"

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether it holds of a JSON object: the properties of one event, say."""
        found = _at(document, self.path)
        return self._compare(found) is not self.negated

    def _compare(self, found: object) -> bool:
        if self.operator is Operator.IS_SET:
            return found is not None
        if not self.operator.is_order:
            return any(_same(found, value) for value in self.values)
        number, bound = to_number(found), to_number(self.values[0])
        if number is None or bound is None:
            return False
        match self.operator:
            case Operator.AT_LEAST:
                return number >= bound
            case Operator.MORE_THAN:
                return number > bound
            case Operator.AT_MOST:
                return number <= bound
            case _:
                return number < bound


def _at(document: object, path: Iterable[str]) -> object:
    found = document
    for step in path:
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list | tuple) and _INDEX.fullmatch(step):
            found = found[int(step)] if -len(found) <= int(step) < len(found) else None
        else:
            return None
    return found


def _same(found: object, value: Scalar) -> bool:
    if is_number(value):
        return to_number(found) == to_number(value)
    return type(found) is type(value) and found == value


def _comparisons(where: object) -> object:
    """A mapping asks for equality, name by name."""
    if where is None:
        return ()
    if isinstance(where, Comparison):
        return (where,)
    if isinstance(where, Mapping):
        return tuple(
            built(Comparison, path=name, operator=Operator.IS, values=(value,)) for name, value in where.items()
        )
    if isinstance(where, Collection) and not isinstance(where, str):
        return tuple(where)
    raise ValueError(
        f"{str(where)[:60]!r} asks nothing of an event; write {{'category': 'Shoes'}} or its('price') >= 50"
    )


def _in_order(where: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    return tuple(sorted(where, key=repr))


Where = Annotated[
    tuple[Comparison, ...], Field(max_length=20), BeforeValidator(_comparisons), AfterValidator(_in_order)
]
"""What must hold of an event's properties, all of it. Built of ``{"category": "Shoes"}``, ``its("price") >= 50``, or a
tuple of such comparisons, in any order; empty for every event."""

WhereGiven: TypeAlias = Mapping[str, object] | Comparison | Collection[Comparison] | None
"""What an author may write for a ``Where``."""


def satisfies(properties: Mapping[str, Any], where: Iterable[Comparison]) -> bool:
    """Whether the properties of one event are what a trigger or a condition asks for.

    Args:
        properties: As they came with the event.
        where: All of it must hold.
    """
    return all(comparison.holds(properties) for comparison in where)
