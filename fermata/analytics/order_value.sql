-- name: currency
-- The one that most of these events name.
SELECT properties ->> 'currency' AS currency FROM events
WHERE name = $1 AND occurred_at >= $2 AND occurred_at < $3 AND jsonb_typeof(properties -> 'currency') = 'string'
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
