-- name: open
-- Whoever comes second finds it there.
INSERT INTO broadcasts (id, name, journey, workflow_id, definition, state, starts_at, created_at, changes)
VALUES ($1, $2, $3, $4, $5, 'scheduled', $6, $7, $8::jsonb)
ON CONFLICT (id) DO NOTHING

-- name: find
SELECT b.*, (SELECT count(*) FROM broadcast_waiting w WHERE w.broadcast_id = b.id) AS waiting
FROM broadcasts b
WHERE b.id = $1

-- name: listed
SELECT b.*, (SELECT count(*) FROM broadcast_waiting w WHERE w.broadcast_id = b.id) AS waiting
FROM broadcasts b
WHERE (b.created_at, b.id) < ($1, $2)
ORDER BY b.created_at DESC, b.id DESC
LIMIT $3

-- name: stand
-- The same word again changes nothing, and neither does one that comes after the end.
UPDATE broadcasts
SET state = $2, changes = changes || $3::jsonb, ended_at = $4::timestamptz
WHERE id = $1 AND ended_at IS NULL AND NOT changes @> $3::jsonb

-- name: enter_phase
UPDATE broadcasts SET state = $2 WHERE id = $1 AND ended_at IS NULL
