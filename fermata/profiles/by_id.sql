-- name: find
SELECT * FROM profiles WHERE id = $1 AND erased_at IS NULL

-- name: lock
SELECT * FROM profiles WHERE id = $1 AND erased_at IS NULL FOR UPDATE

-- name: names
SELECT kind, value FROM identities WHERE profile_id = $1 AND NOT assumed ORDER BY first_seen_at, value
