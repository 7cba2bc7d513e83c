"""The types of properties: each makes of what came what it should be, or says why it cannot."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fermata.events.currencies import CURRENCIES
from fermata.events.instant import to_instant

_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_LARGEST_EXACT = 2**53  # beyond it a JSON number has lost digits


def to_amount(value: object) -> int | float:
    """A sum of money, as a JSON number with exactly the decimals that were written.

    JSON has one kind of number, which most readers take for a float: an amount that would not survive that is refused.

    Raises:
        ValueError: It is no decimal number, or has more digits than a number in JSON keeps.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a number such as 35.79, not {_cut(value)}")  # noqa: TRY004 - bad data, no bug
    if isinstance(value, str) and not _DECIMAL.fullmatch(value.strip()):
        raise ValueError(f"must be a number such as 35.79, with a point and no currency sign, not {_cut(value)}")
    amount = Decimal(value.strip() if isinstance(value, str) else repr(value))
    if not amount.is_finite():
        raise ValueError(f"must be a number such as 35.79, not {value}")
    number = float(amount)
    if amount.copy_abs() > _LARGEST_EXACT or Decimal(repr(number)) != amount:
        raise ValueError(f"{_cut(value)} has more digits than a number in JSON keeps")
    return int(amount) if amount == amount.to_integral_value() else number


def to_price(value: object) -> int | float:
    """An amount that is not negative.

    Raises:
        ValueError: As of ``to_amount``, or it is negative.
    """
    amount = to_amount(value)
    if amount < 0:
        raise ValueError(f"must not be negative, and is {_cut(value)}")
    return amount


def to_count(value: object) -> int:
    """A whole number that is not negative.

    Raises:
        ValueError: It is none.
    """
    amount = to_price(value)
    if not isinstance(amount, int):
        raise ValueError(f"must be a whole number, not {_cut(value)}")  # noqa: TRY004 - the value is wrong, not its type
    return amount


def to_currency(value: object) -> str:
    """A code of ISO 4217, in capitals.

    Raises:
        ValueError: No currency has it.
    """
    code = value.strip().upper() if isinstance(value, str) else ""
    if code not in CURRENCIES:
        raise ValueError(f"must be a currency code such as 'EUR', not {_cut(value)}")
    return code


def to_identifier(value: object) -> str:
    """An id as text: 42, 42.0 and "42" are the same.

    Raises:
        ValueError: It is neither text nor a number.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT:
        return str(int(value))
    return to_text(value).strip()


def to_text(value: object) -> str:
    """Text; a number becomes its digits.

    Raises:
        ValueError: It is neither text nor a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be text, not {_cut(value)}")  # noqa: TRY004 - bad data, no bug
    return value if isinstance(value, str) else str(value)


def to_moment(value: object) -> str:
    """An instant, in UTC.

    Raises:
        ValueError: It is no ISO 8601, or has no offset.
    """
    return to_instant(value).isoformat()


TYPES: Mapping[str, Callable[[object], Any]] = {
    "amount": to_amount,
    "price": to_price,
    "count": to_count,
    "currency": to_currency,
    "identifier": to_identifier,
    "text": to_text,
    "instant": to_moment,
}
"""By the names that schemas call them; ``products``, a list of products, is the one that is made of others."""


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
