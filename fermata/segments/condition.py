"""What every condition of a segment can do: be combined with ``&``, ``|`` and ``~``, say itself in words, be stored."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fermata.errors import DefinitionError
from fermata.segments.invalid import InvalidSegment, built

if TYPE_CHECKING:
    from fermata.segments.segment import Segment

MOST_CONDITIONS = 100
DEEPEST = 20


class Condition(BaseModel):
    """Something that is true of a person at an instant, or is not. Frozen, comparable, hashable.

    Unknown fields are refused, unlike in a journey's history: to leave one out would reach other people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def words(self) -> str:
        """The condition as people say it of a person: "never Sales Contacted"."""
        raise DefinitionError(f"{type(self).__name__} has no words; give it the property `words`")

    @property
    def denial(self) -> str:
        """The opposite, as people say it."""
        return f"not ({self.words})"

    def leaves(self) -> Iterator["Condition"]:
        """The conditions that are no combination of others, in the order in which they are written."""
        yield self

    @property
    def depth(self) -> int:
        """How many combinations are nested."""
        return 0

    def __and__(self, other: "Segment") -> "And":
        return built(And, parts=(*_parts(And, self), *_parts(And, other)))

    def __or__(self, other: "Segment") -> "Or":
        return built(Or, parts=(*_parts(Or, self), *_parts(Or, other)))

    def __invert__(self) -> "Segment":
        return built(Not, part=self)

    def __rand__(self, other: object) -> NoReturn:
        raise InvalidSegment(
            f"{other!r} is no condition; put each comparison into parentheses: (trait('plan') == 'pro') & did(…)"
        )

    __ror__ = __rand__

    def __bool__(self) -> NoReturn:
        raise InvalidSegment(
            f"({self.words}) is neither true nor false by itself; combine conditions with &, | and ~, "
            "not with and, or, not, and compare with None by `is`"
        )

    def __str__(self) -> str:
        return self.words


class _Combination(Condition):
    @model_validator(mode="after")
    def _check_size(self) -> Self:
        if sum(1 for _ in self.leaves()) > MOST_CONDITIONS or self.depth > DEEPEST:
            raise ValueError(
                f"a segment has at most {MOST_CONDITIONS} conditions, nested at most {DEEPEST} deep; "
                "put what belongs together into a trait or an event of its own"
            )
        return self


class And(_Combination):
    """All of the parts hold."""

    kind: Literal["and"] = "and"
    parts: tuple["Segment", ...] = Field(min_length=1)

    @property
    def words(self) -> str:
        return ", and ".join(_within(part, Or) for part in self.parts)

    def leaves(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.leaves()

    @property
    def depth(self) -> int:
        return 1 + max(part.depth for part in self.parts)


class Or(_Combination):
    """At least one of the parts holds."""

    kind: Literal["or"] = "or"
    parts: tuple["Segment", ...] = Field(min_length=1)

    @property
    def words(self) -> str:
        return ", or ".join(_within(part, And) for part in self.parts)

    def leaves(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.leaves()

    @property
    def depth(self) -> int:
        return 1 + max(part.depth for part in self.parts)


class Not(_Combination):
    """The part does not hold. There is no third answer: what is not on record is not so."""

    kind: Literal["not"] = "not"
    part: "Segment"

    @property
    def words(self) -> str:
        return self.part.denial

    @property
    def denial(self) -> str:
        return self.part.words

    def leaves(self) -> Iterator[Condition]:
        yield from self.part.leaves()

    @property
    def depth(self) -> int:
        return 1 + self.part.depth

    def __invert__(self) -> "Segment":
        return self.part


def _parts(kind: type[And] | type[Or], condition: object) -> tuple[object, ...]:
    if not isinstance(condition, Condition):
        raise InvalidSegment(
            f"{condition!r} is no condition; combine what did, never, trait, consents and the like return"
        )
    return condition.parts if isinstance(condition, And | Or) and isinstance(condition, kind) else (condition,)


def _within(part: Condition, other: type[Condition]) -> str:
    return f"({part.words})" if isinstance(part, other) else part.words
