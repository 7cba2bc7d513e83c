"""The values that a template is rendered with: brought to their types, with their defaults, and products looked up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fermata.channels.message_sheet import MOST_PRODUCTS, SOURCES, Input, Products, Sheet
from fermata.channels.value_types import VALUE_TYPES
from fermata.errors import FermataError

Values = Mapping[str, Any]


class MissingInput(FermataError):
    """A value is missing, or not of its type, and the message has no default for it. Names the input, not the value."""


class TooFewProducts(FermataError):
    """The catalogue has fewer products than the message needs to have something to say."""


@dataclass(frozen=True, slots=True)
class ProductsWanted:
    """What a message has to look up before it is rendered.

    Args:
        ids: Of products.
        categories: All products of.
    """

    ids: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ids or self.categories)


@dataclass(frozen=True, slots=True)
class ProductsFound:
    """What was looked up; products as templates see them.

    Args:
        by_id: Each product that is there.
        by_category: Those of a category, in the order in which they are shown.
    """

    by_id: Mapping[str, Values]
    by_category: Mapping[str, Sequence[Values]]


NO_PRODUCTS = ProductsFound({}, {})
"""Where nothing was looked up, or there is no catalogue."""


def typed(values: Values, sheet: Sheet) -> dict[str, Any]:
    """Brings ``event`` and ``profile`` to what the message says of them.

    Args:
        values: ``event`` and ``profile``, among others.
        sheet: What the message says.

    Raises:
        MissingInput: Nothing can stand in for a value.
    """
    brought = dict(values)
    for source in SOURCES:
        given = dict(values.get(source) or {})
        for name, wanted in (sheet.inputs.of(source) or {}).items():
            value = _read(given.pop(name, None), wanted)
            if value is not None:
                given[name] = value
            elif not wanted.optional:
                raise MissingInput(f"{source}.{name} is missing or no {wanted.type}, and the message has no default")
        brought[source] = given
    return brought


def products_wanted(values: Values, sheet: Sheet) -> ProductsWanted:
    """What has to be looked up for these values."""
    ids: set[str] = set()
    categories: set[str] = set()
    for wanted in sheet.products.values():
        ids.update(wanted.ids)
        ids.update(_ids_at(values, wanted.of))
        categories.update(_categories_at(values, wanted.category)[:1])
    return ProductsWanted(frozenset(ids), frozenset(categories))


def products_shown(values: Values, sheet: Sheet, found: ProductsFound) -> dict[str, list[Values]]:
    """The lists of products that templates find as ``products``.

    Raises:
        TooFewProducts: A list has fewer than the message needs.
    """
    shown: dict[str, list[Values]] = {}
    for name, wanted in sheet.products.items():
        left_out = set(_ids_at(values, wanted.without))
        several = [each for each in _candidates(values, wanted, found) if each["product_id"] not in left_out]
        shown[name] = several[: wanted.most]
        if len(shown[name]) < wanted.least:
            raise TooFewProducts(f"products.{name} has {len(shown[name])} of the {wanted.least} products that it needs")
    return shown


def _candidates(values: Values, wanted: Products, found: ProductsFound) -> Iterable[Values]:
    if wanted.category is not None:
        names = _categories_at(values, wanted.category)[:1]
        return [each for name in names for each in found.by_category.get(name, ())]
    ids = dict.fromkeys(wanted.ids or _ids_at(values, wanted.of))
    return [found.by_id[each] for each in ids if each in found.by_id]


def _read(value: object, wanted: Input) -> Any:  # noqa: ANN401 - of the input's type
    if value is None or (isinstance(value, str) and not value.strip()):
        return wanted.default
    try:
        return VALUE_TYPES[wanted.type](value)
    except ValueError:
        return wanted.default


def _at(values: Values, path: str | None) -> object:
    if path is None:
        return None
    source, _, name = path.partition(".")
    within = values.get(source)
    return within.get(name) if isinstance(within, Mapping) else None


def _ids_at(values: Values, path: str | None) -> list[str]:
    found = _at(values, path)
    several = found if isinstance(found, list | tuple) else [found]
    named = (each.get("product_id") if isinstance(each, Mapping) else each for each in several[:MOST_PRODUCTS])
    return [text for each in named for text in _texts(each)]


def _categories_at(values: Values, path: str | None) -> list[str]:
    found = _at(values, path)
    several = found if isinstance(found, list | tuple) else [found]
    named = (each.get("category") if isinstance(each, Mapping) else each for each in several[:MOST_PRODUCTS])
    return [text for each in named for text in _texts(each)]


def _texts(value: object) -> list[str]:
    """The value as a name of something in the catalogue; none where it is no such thing."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        return []
    return [str(value).strip()]
