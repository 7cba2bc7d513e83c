-- name: create
-- The name of a key that is revoked, or whose time is over, is free again: the new key takes its place. Its sessions
-- and secrets are found by its id, which is another now.
WITH made AS (
    INSERT INTO api_keys (id, name, scopes, created_at, lifetime, rate_limit) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (name) DO UPDATE
    SET id = excluded.id, hash = NULL, hash_ends_at = NULL, last_used_at = NULL, scopes = excluded.scopes,
        created_at = excluded.created_at, lifetime = excluded.lifetime, rate_limit = excluded.rate_limit,
        revoked_at = NULL
    WHERE api_keys.revoked_at IS NOT NULL
       OR ((api_keys.hash IS NULL OR api_keys.hash_ends_at <= $4) AND NOT EXISTS (
               SELECT FROM api_key_secrets s WHERE s.key_id = api_keys.id AND (s.ends_at IS NULL OR s.ends_at > $4)))
    RETURNING id
)
INSERT INTO api_key_secrets (public_id, key_id, hash, created_at, ends_at)
SELECT $7, id, $8, $4, $4::timestamptz + $5::interval FROM made

-- name: create_once
-- For the first keys: whoever has revoked one does not want it back.
WITH made AS (
    INSERT INTO api_keys (id, name, scopes, created_at, lifetime, rate_limit) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (name) DO NOTHING
    RETURNING id
)
INSERT INTO api_key_secrets (public_id, key_id, hash, created_at, ends_at)
SELECT $7, id, $8, $4, $4::timestamptz + $5::interval FROM made

-- name: forget_secrets
-- Those of keys that are there no more.
DELETE FROM api_key_secrets s WHERE NOT EXISTS (SELECT FROM api_keys k WHERE k.id = s.key_id)

-- name: find
-- A key from before there were public ids.
SELECT name, scopes, rate_limit, hash, hash_ends_at AS ends_at, last_used_at FROM api_keys
WHERE hash = $1 AND revoked_at IS NULL AND (hash_ends_at IS NULL OR hash_ends_at > $2)

-- name: find_by_id
SELECT k.name, k.scopes, k.rate_limit, s.hash, s.ends_at, s.last_used_at
FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id
WHERE s.public_id = $1 AND k.revoked_at IS NULL AND (s.ends_at IS NULL OR s.ends_at > $2)

-- name: used
UPDATE api_keys SET last_used_at = $2 WHERE hash = $1 AND (last_used_at IS NULL OR last_used_at < $2)

-- name: used_by_id
UPDATE api_key_secrets SET last_used_at = $2 WHERE public_id = $1 AND (last_used_at IS NULL OR last_used_at < $2)

-- name: list
-- Of the secrets of a key, the newest is the one in use; those before it end with the overlap of a rotation.
SELECT k.name, k.scopes, k.created_at, k.revoked_at, k.rate_limit AS limit,
       CASE WHEN newest.public_id IS NULL THEN 'sha256' ELSE 'argon2id' END AS kept_as,
       newest.public_id, newest.created_at AS secret_since,
       CASE WHEN newest.public_id IS NULL THEN k.hash_ends_at ELSE newest.ends_at END AS expires_at,
       CASE WHEN newest.public_id IS NULL THEN k.last_used_at ELSE newest.last_used_at END AS last_used_at,
       greatest(older.ends_at, CASE WHEN newest.public_id IS NOT NULL THEN k.hash_ends_at END) AS older_ends_at,
       greatest(older.last_used_at, CASE WHEN newest.public_id IS NOT NULL THEN k.last_used_at END)
           AS older_last_used_at
FROM api_keys k
LEFT JOIN LATERAL (
    SELECT * FROM api_key_secrets s WHERE s.key_id = k.id ORDER BY s.created_at DESC, s.public_id LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT max(s.ends_at) AS ends_at, max(s.last_used_at) AS last_used_at FROM api_key_secrets s
    WHERE s.key_id = k.id AND s.public_id <> newest.public_id
) older ON true
WHERE $1::text IS NULL OR k.name = $1
ORDER BY k.created_at, k.name

-- name: revoke
-- The first revocation counts.
UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE name = $1

-- name: lock
SELECT id, scopes, revoked_at FROM api_keys WHERE name = $1 FOR UPDATE

-- name: end_secrets
-- What ends sooner than the overlap still does.
UPDATE api_key_secrets SET ends_at = least(ends_at, $2) WHERE key_id = $1

-- name: end_hash
-- Without a hash of the old kind this sets the lifetime alone.
UPDATE api_keys SET hash_ends_at = least(hash_ends_at, $2), lifetime = coalesce($3, lifetime) WHERE id = $1
RETURNING lifetime

-- name: add_secret
INSERT INTO api_key_secrets (public_id, key_id, hash, created_at, ends_at) VALUES ($1, $2, $3, $4, $5)
