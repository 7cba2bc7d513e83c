-- name: profiles
-- Ids in order of creation, as UUIDv7 are.
INSERT INTO profiles (id, created_at, updated_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, $2 FROM generate_series(1, $1::bigint) AS n

-- name: runs
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
SELECT id, 'cart_recovery', id, 'cart_recovery/' || id, id, 'active', created_at FROM profiles
