-- name: profiles
INSERT INTO profiles (id, created_at, updated_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, $2 FROM generate_series(1, $1::bigint) AS n

-- name: events
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
SELECT id, id, 'track', 'Product Added', id, created_at, created_at FROM profiles

-- name: runs
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
SELECT id, 'herd', id, 'herd/' || id, id, 'active', created_at FROM profiles

-- name: decisions
-- Every tenth is urgent.
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, decided_at, policy)
SELECT id, CASE WHEN number % 10 = 0 THEN 'urgent:' ELSE 'patient:' END || number, id, id, 'herd', 'cart_reminder',
       'cart_reminder', 1, 'marketing', CASE WHEN number % 10 = 0 THEN 100 ELSE 0 END, 'send', 'eligible', 'push',
       created_at, 'sha256:0'
FROM (SELECT id, created_at, row_number() OVER (ORDER BY id) AS number FROM profiles) AS numbered

-- name: reservations
INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, state, reserved_at, exposed_at,
                          updated_at)
SELECT id, profile_id, 'push', 'token-' || profile_id, purpose, priority, 'reserved', decided_at, decided_at, decided_at
FROM decisions

-- name: due
SELECT id, priority FROM decisions ORDER BY id
