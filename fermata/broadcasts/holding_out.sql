-- name: drawn
SELECT profile_id, held_out FROM holdouts WHERE profile_id = ANY($3::uuid[]) AND scope = $1 AND salt = $2

-- name: keep
-- The first draw stands.
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
SELECT profile_id, $1, $2, held_out, $5::float8, $6::timestamptz
FROM unnest($3::uuid[], $4::bool[]) AS new (profile_id, held_out)
ON CONFLICT (profile_id, scope, salt) DO NOTHING
