-- name: open
INSERT INTO console_sessions (hash, key_hash, secret_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)

-- name: find
-- A session ends with the secret that it was opened with: when the key is revoked, rotated away or over.
SELECT k.name, k.scopes FROM console_sessions s
JOIN api_key_secrets x ON x.public_id = s.secret_id
JOIN api_keys k ON k.id = x.key_id
WHERE s.hash = $1 AND s.expires_at > $2 AND k.revoked_at IS NULL AND (x.ends_at IS NULL OR x.ends_at > $2)
UNION ALL
SELECT k.name, k.scopes FROM console_sessions s
JOIN api_keys k ON k.hash = s.key_hash
WHERE s.hash = $1 AND s.expires_at > $2 AND k.revoked_at IS NULL AND (k.hash_ends_at IS NULL OR k.hash_ends_at > $2)

-- name: close
DELETE FROM console_sessions WHERE hash = $1

-- name: forget_old
DELETE FROM console_sessions WHERE expires_at <= $1
