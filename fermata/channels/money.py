"""A price as a person reads it."""

from decimal import Decimal, InvalidOperation

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "CA$", "AUD": "A$"}
_NO_DECIMALS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
_MOST = Decimal(10) ** 12


def money(amount: object, currency: object = None) -> str | None:
    """Writes an amount with its currency: ``$59.90``, ``¥5,990``, ``59.90 CHF``; without a currency ``59.90``.

    Args:
        amount: A number, or text that is one, as events hold it.
        currency: An ISO 4217 code; anything else counts as unknown.

    Returns:
        None where there is no amount above zero to show, so that a template can leave the price out.
    """
    value = _number(amount)
    if value is None or not 0 < value < _MOST:
        return None
    code = currency.strip().upper() if isinstance(currency, str) else ""
    digits = f"{value:,.0f}" if code in _NO_DECIMALS else f"{value:,.2f}"
    if code in _SIGNS:
        return f"{_SIGNS[code]}{digits}"
    return f"{digits} {code}" if len(code) == 3 and code.isascii() and code.isalpha() else digits


def _number(amount: object) -> Decimal | None:
    if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
        return None
    try:
        value = Decimal(str(amount).strip())
    except (InvalidOperation, ValueError):
        return None
    return value if value.is_finite() else None
