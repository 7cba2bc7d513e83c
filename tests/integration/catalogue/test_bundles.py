"""Products for a message to show, found by one statement however many there are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fermata.catalogue import Product, bundle, put
from fermata.catalogue.bundles import MOST_OF_A_CATEGORY
from fermata.database import Pool, Queries

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_products_are_found_by_id_and_by_category_the_newest_first(pool: Pool) -> None:
    shoe = Product("1", None, "Shoe", "Running", "Acme", Decimal("89.90"), "EUR", "u", "i")
    await put(pool, [shoe, Product("2", category="Hats")], NOON)
    await put(pool, [Product("3", category="Running"), Product("4", category="Running")], NOON + timedelta(hours=1))
    found = await bundle(pool, {"1", "gone"}, {"Running", "Gone"})
    assert found.by_id == {"1": shoe}
    assert {name: [each.product_id for each in several] for name, several in found.by_category.items()} == {
        "Running": ["4", "3", "1"]
    }


async def test_of_a_large_category_no_more_are_read_than_are_shown_and_by_an_index(pool: Pool) -> None:
    await put(pool, [Product(str(n), category="Shoes" if n % 2 else "Hats") for n in range(5000)], NOON)
    await pool.execute("ANALYZE products")
    assert len((await bundle(pool, (), {"Shoes"})).by_category["Shoes"]) == MOST_OF_A_CATEGORY
    statement = Queries("fermata.catalogue", "bundles.sql")["bundle"]
    plan = await pool.fetch(f"EXPLAIN {statement}", ["1"], ["Shoes", "Hats"], MOST_OF_A_CATEGORY)
    text = "\n".join(row[0] for row in plan)
    assert "products_of_a_category" in text
    assert "Seq Scan" not in text
