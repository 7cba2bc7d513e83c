-- name: bundle
-- By ids first, where nothing was asked; then each category by itself, so that a small one costs as much as a large one.
SELECT NULL AS asked, product_id, sku, name, category, brand, price, currency, url, image_url
FROM products WHERE product_id = ANY($1::text[])
UNION ALL
SELECT asked, found.*
FROM unnest($2::text[]) AS asked
CROSS JOIN LATERAL (
    SELECT product_id, sku, name, category, brand, price, currency, url, image_url
    FROM products WHERE category = asked
    ORDER BY updated_at DESC, product_id DESC
    LIMIT $3
) AS found
