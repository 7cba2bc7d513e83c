"""Conditions on what a person did: how often, since when, for the first or the last time. By the time it occurred."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fermata.segments.comparison import Where, WhereGiven
from fermata.segments.condition import Condition, Not
from fermata.segments.duration import Duration, duration_words
from fermata.segments.invalid import built
from fermata.segments.text import Name


class Did(Condition):
    """The person did something at least so many times.

    Args:
        event: Its name, as it is stored: "Product Viewed".
        times: At least, 1 to 10,000.
        within: In the last so long, counted back from the instant that is asked about: that instant is in, the one
            ``within`` before it is not. None for ever.
        where: What the event's properties must be.
        same: A property; only events that have it count, and so many must have one and the same text or number in it.
    """

    kind: Literal["did"] = "did"
    event: Name
    times: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    within: Duration | None = None
    where: Where = ()
    same: Name | None = Field(default=None, exclude_if=lambda name: name is None)

    @property
    def words(self) -> str:
        times = f" at least {self.times} times" if self.times > 1 else ""
        return f"did {self.subject}{times}{self._alike}{self.period}"

    @property
    def denial(self) -> str:
        if self.times == 1:
            return f"never {self.subject}{self._alike}{self.period}"
        return f"did {self.subject} fewer than {self.times} times{self._alike}{self.period}"

    @property
    def _alike(self) -> str:
        return f" with the same {self.same}" if self.same is not None else ""

    @property
    def subject(self) -> str:
        """The event and what it must be like: 'Product Viewed (price is at least 50)'."""
        return _subject(self.event, self.where)

    @property
    def period(self) -> str:
        """ " within 7 days", or nothing."""
        return f" within {duration_words(self.within)}" if self.within else ""


class Occurrence(Condition):
    """The first or the last time that the person did something lies so far back. Without any there is neither.

    Args:
        which: ``first`` or ``last``.
        event: Its name.
        before: At least so long ago.
        within: Less than so long ago.
        where: What the event's properties must be.
    """

    kind: Literal["occurrence"] = "occurrence"
    which: Literal["first", "last"]
    event: Name
    before: Duration | None = None
    within: Duration | None = None
    where: Where = ()

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        if self.before is None and self.within is None:
            raise ValueError(f"say when the {self.which} {self.event!r} was: before=days(90), within=days(7), or both")
        if self.before is not None and self.within is not None and self.before >= self.within:
            raise ValueError(
                f"nothing is both at least {duration_words(self.before)} and less than {duration_words(self.within)} "
                "ago; before must be shorter than within"
            )
        return self

    @property
    def words(self) -> str:
        return f"{self.which} did {self.subject} {self.period}"

    @property
    def subject(self) -> str:
        """The event and what it must be like."""
        return _subject(self.event, self.where)

    @property
    def period(self) -> str:
        """ "at least 30 days and less than 90 days ago"."""
        at_least = f"at least {duration_words(self.before)}" if self.before else ""
        less_than = f"less than {duration_words(self.within)}" if self.within else ""
        return " and ".join(part for part in (at_least, less_than) if part) + " ago"


def did(
    event: str,
    *,
    times: int = 1,
    within: timedelta | None = None,
    where: WhereGiven = None,
    same: str | None = None,
) -> Did:
    """The person did it: ``did("Product Viewed", times=3, within=days(7), where={"category": "Shoes"})``.

    Args:
        event: Its name, as it is stored.
        times: At least so many times.
        within: In the last so long; None for ever.
        where: What its properties must be: a mapping for equality, or comparisons such as ``its("price") >= 50``.
        same: A property that is to be the same in all of them: ``did("Product Viewed", times=3, same="category")``.

    Raises:
        InvalidSegment: One of these cannot be.
    """
    return built(Did, event=event, times=times, within=within, where=where, same=same)


def never(event: str, *, within: timedelta | None = None, where: WhereGiven = None) -> Not:
    """The person did not do it: ``~did(…)``.

    Raises:
        InvalidSegment: One of these cannot be.
    """
    return built(Not, part=did(event, within=within, where=where))


def first(
    event: str, *, before: timedelta | None = None, within: timedelta | None = None, where: WhereGiven = None
) -> Occurrence:
    """The first time was then: ``first("Order Completed", within=days(30))`` is a new customer.

    Args:
        event: Its name.
        before: At least so long ago.
        within: Less than so long ago.
        where: What its properties must be.

    Raises:
        InvalidSegment: One of these cannot be, or neither ``before`` nor ``within`` is given.
    """
    return built(Occurrence, which="first", event=event, before=before, within=within, where=where)


def last(
    event: str, *, before: timedelta | None = None, within: timedelta | None = None, where: WhereGiven = None
) -> Occurrence:
    """The last time was then: ``last("Order Completed", before=days(90))`` is a customer who lapsed.

    Args:
        event: Its name.
        before: At least so long ago.
        within: Less than so long ago.
        where: What its properties must be.

    Raises:
        InvalidSegment: One of these cannot be, or neither ``before`` nor ``within`` is given.
    """
    return built(Occurrence, which="last", event=event, before=before, within=within, where=where)


def _subject(event: str, where: Where) -> str:
    return f"{event} ({' and '.join(each.words for each in where)})" if where else event
