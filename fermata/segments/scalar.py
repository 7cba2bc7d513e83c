"""The values that a property or a trait is compared with: text, numbers, true and false, as JSON has them."""

import json
import math
import re
from decimal import Decimal
from enum import Enum
from typing import Annotated, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

from fermata.segments.text import storable

Scalar: TypeAlias = str | bool | int | float

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}([.][0-9]{1,30})?")
_LONGEST_TEXT = 1000
_EXACT = 2**53  # beyond it a float stands for several whole numbers
_LARGEST = 2**63  # a whole number of JSON that Postgres and orjson keep


def to_scalar(value: object) -> Scalar:
    """Brings a value to the form that JSON gives back, so that a stored comparison equals the one that was written.

    Raises:
        ValueError: It is nothing to compare with; the message says what is.
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise ValueError(f"{value[:60]!r}… is longer than {_LONGEST_TEXT} characters")
        return storable(value)
    if isinstance(value, int) and -_LARGEST < value < _LARGEST:
        return value
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return _number_of_json(value)
    raise ValueError(
        f"{repr(value)[:60]} is nothing to compare with; use text, a finite number or True, or ask .is_set"
    )


def _number_of_json(value: float | Decimal) -> int | float:
    number = float(value)
    if isinstance(value, Decimal) and Decimal(repr(number)) != value:
        raise ValueError(f"{value!r} has more digits than a number of JSON carries")
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


ScalarValue = Annotated[Scalar, PlainValidator(to_scalar), WithJsonSchema({"type": ["string", "boolean", "number"]})]


def is_number(value: object) -> bool:
    """Whether it is a number to JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def to_number(value: object) -> Decimal | None:
    """The number that a value in JSON stands for, also as plain text: shops send "49.90". None where it is none."""
    if is_number(value) or (isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)):
        return Decimal(str(value))
    return None


def scalar_words(value: Scalar) -> str:
    """The value for people, with text in quotes."""
    return json.dumps(value, ensure_ascii=False)
