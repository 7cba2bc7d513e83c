"""Amounts as Stripe writes them: whole numbers of a currency's smallest unit (https://docs.stripe.com/currencies)."""

from decimal import Decimal

_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
"""Currencies without decimals. Two more have none, and yet come with two: ISK and UGX, for compatibility."""

_THREE = "BHD JOD KWD OMR TND"
"""Currencies with three decimals."""


def from_minor(amount: int | None, currency: str | None) -> str | None:
    """An amount in the currency's main unit: 3579 in USD is ``"35.79"``, 3579 in JPY is ``"3579"``.

    Args:
        amount: In the smallest unit, as Stripe counts it.
        currency: ISO 4217, in any case.

    Returns:
        The amount, with all its decimals; None where there is no amount, or no currency to read it by.
    """
    if amount is None or currency is None:
        return None
    code = currency.upper()
    decimals = 0 if code in _WHOLE.split() else 3 if code in _THREE.split() else 2
    return format(Decimal(amount).scaleb(-decimals), "f")
