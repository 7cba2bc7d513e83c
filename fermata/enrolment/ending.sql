-- name: active
SELECT id FROM journey_runs WHERE profile_id = $1 AND ended_at IS NULL ORDER BY id

-- name: tell_over
WITH told AS (
    INSERT INTO dispatches (profile_id, run_id, kind, payload, due_at, created_at)
    SELECT $1, run_id, 'over', jsonb_build_object('reason', $3::text), $4::timestamptz, $4::timestamptz
    FROM unnest($2::uuid[]) AS ended (run_id)
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM told
