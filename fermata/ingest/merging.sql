-- name: ends_of_other
-- What the other profile did that ends a run, since the run's trigger.
SELECT id, name, occurred_at, properties FROM events
WHERE profile_id = $1 AND name = ANY($2::text[]) AND occurred_at >= $3
ORDER BY occurred_at, id

-- name: follow_merge
UPDATE events SET profile_id = $1 WHERE profile_id = $2
