-- name: put
-- In the order of their ids, so that two files that are loaded at once wait in one direction only.
INSERT INTO products (
    product_id, sku, name, category, brand, price, currency, url, image_url, properties, updated_at
)
SELECT product_id, sku, name, category, brand, price, currency, url, image_url, properties, $1::timestamptz
FROM unnest(
    $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[], $9::text[], $10::text[],
    $11::jsonb[]
) AS new (product_id, sku, name, category, brand, price, currency, url, image_url, properties)
ORDER BY product_id
ON CONFLICT (product_id) DO UPDATE SET
    sku = excluded.sku, name = excluded.name, category = excluded.category, brand = excluded.brand,
    price = excluded.price, currency = excluded.currency, url = excluded.url, image_url = excluded.image_url,
    properties = excluded.properties, updated_at = excluded.updated_at

-- name: look_up
SELECT product_id, sku, name, category, brand, price, currency, url, image_url
FROM products WHERE product_id = ANY($1::text[])
UNION
SELECT product_id, sku, name, category, brand, price, currency, url, image_url
FROM products WHERE sku = ANY($2::text[])
