-- name: profiles
-- Ids in order of creation, as UUIDv7 are.
INSERT INTO profiles (id, created_at, updated_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, $2 FROM generate_series(1, $1::bigint) AS n

-- name: events
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
SELECT id, id, 'track', 'Product Added', id, created_at, created_at FROM profiles

-- name: runs
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
SELECT id, 'cart_recovery', id, 'cart_recovery/' || id, id, 'active', created_at FROM profiles

-- name: decisions
-- Evenly over thirty days up to an instant, and over the profiles.
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, decided_at, policy)
SELECT ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'cart_recovery/' || profile_id || ':' || n,
       profile_id, profile_id, 'cart_recovery', 'hello', 'hello', 1, 'marketing', 50, 'send', 'eligible', 'email',
       $3::timestamptz - interval '30 days' * (1 - n::float8 / $1), 'sha256:0'
FROM (
    SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(1 + n % $2::bigint), 12, '0'))::uuid AS profile_id
    FROM generate_series(1, $1::bigint) AS n
) AS those

-- name: reservations
INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, state, reserved_at, exposed_at,
                          updated_at)
SELECT id, profile_id, channel, profile_id || '@example.com', purpose, priority, 'sent', decided_at, decided_at,
       decided_at
FROM decisions

-- name: deferrals
INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority,
                       next_eligible_at, deferred_at)
SELECT id, 'later', id, id, 'later', 'email', 'outside_window', 'marketing', 50, created_at + interval '90 days',
       created_at
FROM profiles

-- name: suppressions
INSERT INTO suppressions (channel, address, reason, created_at)
SELECT 'email', 'gone-' || id || '@example.com', 'bounced', created_at FROM profiles

-- name: holdouts
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
SELECT id, '', 'fermata-holdout', false, 0.05, created_at FROM profiles

-- name: person
INSERT INTO profiles (id, created_at, updated_at, time_zone, addresses, consent)
VALUES ($1::uuid, $2, $2, 'Europe/London', jsonb_build_object('email', $1::uuid::text || '@example.com'),
        '{"email": {"marketing": "granted"}}')

-- name: trigger
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
VALUES ($1::uuid, $1::uuid::text, 'track', 'Product Added', $1::uuid, $2, $2)

-- name: run
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
VALUES ($1::uuid, 'cart_recovery', $1::uuid, 'cart_recovery/' || $1::uuid, $1::uuid, 'active', $2)
