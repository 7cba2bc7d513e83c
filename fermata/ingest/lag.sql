-- name: waiting
SELECT count(*) AS waiting, min(due_at) AS oldest FROM dispatches WHERE delivered_at IS NULL

-- name: delivered
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS half, percentile_cont(0.99) WITHIN GROUP (ORDER BY took) AS most
FROM (
    SELECT extract(epoch FROM delivered_at - created_at)::float8 AS took
    FROM dispatches
    WHERE delivered_at IS NOT NULL
    ORDER BY id DESC
    LIMIT $1
) newest
