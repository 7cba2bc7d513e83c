-- name: find
SELECT wrapped_by, wrapped FROM profile_keys WHERE made_for = $1

-- name: make
-- Whoever is being merged or erased holds the profile's row, so this waits for what becomes of them.
INSERT INTO profile_keys (made_for, profile_id, wrapped_by, wrapped, made_at)
SELECT $1, p.id, $2, $3, $4 FROM profiles p
WHERE p.id = coalesce((SELECT survivor_id FROM profile_merges WHERE loser_id = $1), $1)
FOR KEY SHARE OF p
ON CONFLICT (made_for) DO NOTHING

-- name: make_for_nobody
INSERT INTO profile_keys (made_for, profile_id, wrapped_by, wrapped, made_at)
VALUES ($1, NULL, $2, $3, $4) ON CONFLICT (made_for) DO NOTHING

-- name: follow_merge
UPDATE profile_keys SET profile_id = $1 WHERE profile_id = $2

-- name: count
SELECT wrapped_by, count(*) AS keys FROM profile_keys GROUP BY wrapped_by ORDER BY wrapped_by

-- name: by_others
SELECT made_for, wrapped_by, wrapped FROM profile_keys WHERE wrapped_by <> $1 LIMIT $2

-- name: wrap_again
-- Of two who rotate at once, one is first. Whoever was erased meanwhile has no row.
UPDATE profile_keys SET wrapped_by = $2, wrapped = $3 WHERE made_for = $1 AND wrapped = $4
