-- name: insert_card
-- The card's id is its decision's: the same attempt again changes nothing.
INSERT INTO inbox_items (id, profile_id, kind, message, title, body, url, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO NOTHING

-- name: first_cards
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at
FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge' AND (expires_at IS NULL OR expires_at > $2)
ORDER BY created_at DESC, id DESC
LIMIT $3

-- name: next_cards
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at
FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge' AND (expires_at IS NULL OR expires_at > $2)
  AND (created_at, id) < ($4, $5)
ORDER BY created_at DESC, id DESC
LIMIT $3

-- name: count_unread
SELECT count(*)
FROM inbox_items
WHERE profile_id = $1 AND read_at IS NULL AND (expires_at IS NULL OR expires_at > $2)

-- name: mark_read
-- The first reading counts: a second one keeps its instant.
UPDATE inbox_items
SET read_at = coalesce(read_at, $2)
WHERE id = $1
RETURNING id, kind, message, title, body, url, created_at, read_at, expires_at

-- name: follow_merge
UPDATE inbox_items SET profile_id = $1 WHERE profile_id = $2
