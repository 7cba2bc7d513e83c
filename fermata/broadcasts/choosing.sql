-- name: place
SELECT definition, starts_at, chosen_to, chosen_at IS NOT NULL OR ended_at IS NOT NULL AS is_through FROM broadcasts WHERE id = $1

-- name: move_on
-- No row where somebody else has gone through this page: then it is written down already.
UPDATE broadcasts b
SET chosen_to = coalesce($3::uuid, chosen_to), chosen_at = $4::timestamptz, people = people + $5,
    outcomes = CASE WHEN $6::bigint = 0 THEN outcomes ELSE outcomes || jsonb_build_object(
        'holdout_broadcast', coalesce((outcomes ->> 'holdout_broadcast')::bigint, 0) + $6::bigint) END
WHERE id = $1 AND chosen_to IS NOT DISTINCT FROM $2::uuid AND chosen_at IS NULL AND ended_at IS NULL

-- name: wait
INSERT INTO broadcast_waiting (profile_id, broadcast_id, due_at)
SELECT profile_id, $1, due_at FROM unnest($2::uuid[], $3::timestamptz[]) AS new (profile_id, due_at)
ON CONFLICT (profile_id, broadcast_id) DO NOTHING
