-- name: create
-- The name of a revoked key is free again: the new key takes its place.
INSERT INTO api_keys (id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE
SET id = excluded.id, hash = excluded.hash, scopes = excluded.scopes, created_at = excluded.created_at, revoked_at = NULL
WHERE api_keys.revoked_at IS NOT NULL

-- name: create_once
-- For the first keys: whoever has revoked one does not want it back.
INSERT INTO api_keys (id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO NOTHING

-- name: find
SELECT name, hash, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL

-- name: list
SELECT name, scopes, created_at, revoked_at FROM api_keys ORDER BY created_at, name

-- name: revoke
-- The first revocation counts.
UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE name = $1
RETURNING name, scopes, created_at, revoked_at
