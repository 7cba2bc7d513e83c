"""The world of the demo, read from ``world.toml``: where shoppers live and what the shop sells."""

import tomllib
from decimal import Decimal
from importlib import resources

from pydantic import BaseModel, ConfigDict

CURRENCY = "EUR"
"""The shop sells in one currency, wherever the shopper is."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Frozen):
    """Where some shoppers live, and what people are called there.

    Args:
        zone: IANA name.
        country, state: ISO 3166; a state where the country's law knows states.
        phone: First number of a block that the regulator keeps for fiction; None where there is no such block.
        given, family: Names as people write them, each beside its ASCII.
        family_first: Whether the family name is said first.
    """

    zone: str
    country: str
    state: str | None = None
    city: str
    locale: str
    phone: str | None = None
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    family_first: bool = False


class Product(_Frozen):
    """Something the shop sells; the price is in ``CURRENCY``."""

    id: str
    name: str
    brand: str
    category: str
    price: Decimal


class World(_Frozen):
    """All places and all products."""

    places: tuple[Place, ...]
    products: tuple[Product, ...]


def read_world() -> World:
    """Reads the world that ships with the demo."""
    text = resources.files("cli.demo").joinpath("world.toml").read_text(encoding="utf-8")
    return World.model_validate(tomllib.loads(text))
