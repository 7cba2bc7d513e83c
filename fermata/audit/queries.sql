-- name: add
INSERT INTO audit_log (id, act, at, actor, door, action, target, outcome, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: list
-- The newest first, from where the page before ended.
SELECT id, act, at, actor, door, action, target, outcome, detail
FROM audit_log
WHERE (at, id) < ($1, $2) AND at >= $3
  AND ($4::text IS NULL OR actor = $4) AND ($5::text IS NULL OR action = $5 OR starts_with(action, $5 || '.'))
  AND ($6::text IS NULL OR target = $6) AND ($7::text IS NULL OR outcome = $7)
ORDER BY at DESC, id DESC
LIMIT $8
