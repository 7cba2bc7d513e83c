-- name: create
INSERT INTO api_keys (id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO NOTHING

-- name: find
SELECT name, hash, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL
