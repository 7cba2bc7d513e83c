"""The catalogue in Postgres."""

from datetime import UTC, datetime
from decimal import Decimal

from fermata.catalogue import Product, ProductNames, look_up, put
from fermata.database import Pool, Queries

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_products_are_found_by_id_and_by_stock_keeping_unit(pool: Pool) -> None:
    shoe = Product("1", "S-1", "Shoe", "Shoes", "Acme", Decimal("89.90"), "EUR", "u", "i", {"colour": "red"})
    await put(pool, [shoe, Product("2", "S-2"), Product("3", "S-3")], NOON)
    found = await look_up(pool, ProductNames(frozenset({"1"}), frozenset({"S-1", "S-2", "unknown"})))
    assert {product.product_id for product in found.products} == {"1", "2"}
    known = found.find("1", None)
    assert known is not None
    assert (known.name, known.price, known.currency) == ("Shoe", Decimal("89.90"), "EUR")
    assert await pool.fetchval("SELECT properties FROM products WHERE product_id = '1'") == {"colour": "red"}


async def test_the_latest_word_on_a_product_is_the_whole_of_it(pool: Pool) -> None:
    await put(pool, [Product("1", name="Shoe", brand="Acme")], NOON)
    await put(pool, [Product("1", name="Old shoe"), Product("1", name="New shoe")], NOON)
    found = (await look_up(pool, ProductNames(frozenset({"1"})))).find("1", None)
    assert found == Product("1", name="New shoe")


async def test_a_large_catalogue_is_asked_by_its_indexes(pool: Pool) -> None:
    await put(pool, [Product(str(n), f"S-{n}") for n in range(5000)], NOON)
    await pool.execute("ANALYZE products")
    plan = await pool.fetch(f"EXPLAIN {Queries('fermata.catalogue')['look_up']}", ["1", "2"], ["S-3"])
    text = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in text
