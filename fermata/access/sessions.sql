-- name: open
INSERT INTO console_sessions (hash, key_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)

-- name: find
-- A key that was revoked ends its sessions with it.
SELECT k.name, k.scopes FROM console_sessions s JOIN api_keys k ON k.hash = s.key_hash
WHERE s.hash = $1 AND s.expires_at > $2 AND k.revoked_at IS NULL

-- name: close
DELETE FROM console_sessions WHERE hash = $1

-- name: forget_old
DELETE FROM console_sessions WHERE expires_at <= $1
