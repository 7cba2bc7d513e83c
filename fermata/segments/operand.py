"""The left side of a comparison, so that it reads as it is said: ``trait("plan") == "pro"``, ``its("price") >= 50``."""

from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar

from fermata.segments.comparison import Comparison, Operator
from fermata.segments.invalid import InvalidSegment, built

_Made = TypeVar("_Made")


class Operand(Generic[_Made]):
    """A named value that waits to be compared.

    Args:
        path: Its name, "address.city", or one name a step, ``("address", "city")``.
        make: What becomes of the comparison.
    """

    def __init__(self, path: str | tuple[str, ...], make: Callable[[Comparison], _Made]) -> None:
        self._path = path
        self._make = make

    # == makes a comparison here, so an operand can be no key.
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, value: object) -> _Made:  # type: ignore[override]
        return self._compared(Operator.IS, value)

    def __ne__(self, value: object) -> _Made:  # type: ignore[override]
        return self._compared(Operator.IS, value, negated=True)

    def __ge__(self, value: object) -> _Made:
        return self._compared(Operator.AT_LEAST, value)

    def __gt__(self, value: object) -> _Made:
        return self._compared(Operator.MORE_THAN, value)

    def __le__(self, value: object) -> _Made:
        return self._compared(Operator.AT_MOST, value)

    def __lt__(self, value: object) -> _Made:
        return self._compared(Operator.LESS_THAN, value)

    def one_of(self, *values: object) -> _Made:
        """Holds where it is one of these."""
        return self._compared(Operator.ONE_OF, *values)

    @property
    def is_set(self) -> _Made:
        """Holds where there is a value, and it is not null."""
        return self._compared(Operator.IS_SET)

    @property
    def is_not_set(self) -> _Made:
        """Holds where there is no value, or null."""
        return self._compared(Operator.IS_SET, negated=True)

    def __repr__(self) -> str:
        return f"<{self._path!r}, not yet compared>"

    def __bool__(self) -> NoReturn:
        raise InvalidSegment(f"{self._path!r} is only a name; compare it: == 'pro', >= 3, .is_set")

    def __rand__(self, other: object) -> NoReturn:
        raise InvalidSegment(
            f"{other!r} & … binds closer than == or >=; put each comparison into parentheses: (trait('a') == 1) & (…)"
        )

    __ror__ = __and__ = __or__ = __rand__

    def _compared(self, operator: Operator, *values: object, negated: bool = False) -> _Made:
        return self._make(built(Comparison, path=self._path, operator=operator, values=values, negated=negated))


def its(name: str | tuple[str, ...]) -> Operand[Comparison]:
    """A property of an event, to be compared: ``did("Product Viewed", where=its("price") >= 50)``.

    Args:
        name: "category"; "products.0.sku" goes deeper; ``("a.b",)`` is a name that has a dot in it.
    """
    return Operand(name, lambda comparison: comparison)
