-- name: ids
-- In the order of their numbers, as UUIDv7 are, with an end that looks random. They go with the session.
CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01' || lpad(to_hex(n), 10, '0') || '7' || left(md5(kind || n), 3) || '8' || right(md5(kind || n), 15))::uuid
$$

-- name: profiles
INSERT INTO profiles (id, created_at, updated_at, time_zone, country, addresses, consent, traits)
SELECT pg_temp.made('profile', n), $2, $2, 'Europe/London', 'GB', jsonb_build_object('email', n || '@example.com'),
       '{"email": {"marketing": "granted"}}', jsonb_build_object('first_name', 'Number ' || n)
FROM generate_series(1, $1::bigint) AS n

-- name: identities
INSERT INTO identities (kind, value, profile_id, first_seen_at)
SELECT 'user_id', 'user-' || n, pg_temp.made('profile', n), $2 FROM generate_series(1, $1::bigint) AS n

-- name: events
-- Two of each person; the first began their run.
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)
SELECT pg_temp.made('event' || later, n), n || '/' || later, 'track', (ARRAY['Product Added', 'Product Viewed'])[1 + later],
       pg_temp.made('profile', n), at + later * interval '20 minutes', at, '{"sku": "s1", "price": 49.5}'
FROM generate_series(1, $1::bigint) AS n, generate_series(0, 1) AS later,
     LATERAL (SELECT $2::timestamptz - interval '30 days' * (1 - n::float8 / $1) AS at) AS times

-- name: runs
-- One of each person, evenly over thirty days and over the journeys; four of ten go on.
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, temporal_run_id, trigger_event_id, state, reason,
                          started_at, ended_at)
SELECT pg_temp.made('run', n), journey, pg_temp.made('profile', n), journey || '/' || pg_temp.made('profile', n),
       pg_temp.made('first', n)::text, pg_temp.made('event0', n), state, CASE state WHEN 'exited' THEN 'Cart Cleared' END, at,
       CASE WHEN state <> 'active' THEN at + interval '2 hours' END
FROM generate_series(1, $1::bigint) AS n,
     LATERAL (SELECT ($3::text[])[1 + n % cardinality($3::text[])] AS journey,
                     (ARRAY['active', 'active', 'active', 'active', 'completed', 'completed', 'converted', 'converted',
                            'exited', 'failed'])[1 + (n * 7919 / 100) % 10] AS state,
                     $2::timestamptz - interval '30 days' * (1 - n::float8 / $1) AS at) AS made

-- name: decisions
-- Two of each run, as long as they usually are.
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                       reason, channel, next_eligible_at, decided_at, policy, facts, trace)
SELECT pg_temp.made('decision' || later, n), r.id || ':' || later, r.profile_id, r.id, r.journey, message, message, 1,
       'marketing', 50, action, ended.reason, channel, CASE action WHEN 'defer' THEN at + interval '9 hours' END, at, $2,
       jsonb_build_object('note', repeat('x', 400)), '[]'
FROM generate_series(1, $1::bigint) AS n
JOIN journey_runs r ON r.id = pg_temp.made('run', n)
CROSS JOIN generate_series(0, 1) AS later
CROSS JOIN LATERAL (
    SELECT (ARRAY['first', 'second'])[1 + later] AS message, (n * 104729 + later * 17) % 1000 AS drawn,
           (ARRAY['email', 'email', 'push', 'sms', 'in_app', 'ads'])[1 + (n / 7 + later) % 6] AS channel,
           r.started_at + (1 + later) * interval '30 minutes' AS at
) AS made
CROSS JOIN LATERAL (
    SELECT CASE WHEN drawn < 700 THEN 'send' WHEN drawn < 800 THEN 'defer' ELSE 'drop' END AS action,
           CASE WHEN drawn < 600 THEN 'eligible' WHEN drawn < 700 THEN 'substituted' WHEN drawn < 760 THEN 'outside_window'
                WHEN drawn < 800 THEN 'frequency_capped' WHEN drawn < 900 THEN 'consent_missing'
                WHEN drawn < 999 THEN 'suppressed_address' ELSE 'render_failed' END AS reason
) AS ended

-- name: reservations
INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, state, reserved_at, exposed_at,
                          updated_at, provider, provider_message_id)
SELECT id, profile_id, channel, profile_id || '@example.com', purpose, priority, 'sent', decided_at, decided_at,
       decided_at, 'smtp', id
FROM decisions WHERE action = 'send'

-- name: deferrals
-- Of every tenth person a message waits, over three days from now on.
INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority,
                       next_eligible_at, deferred_at)
SELECT pg_temp.made('run', n), 'later', pg_temp.made('decision1', n), pg_temp.made('profile', n), 'second', 'email',
       (ARRAY['outside_window', 'frequency_capped', 'cool_down'])[1 + n % 3], 'marketing', 50,
       $2::timestamptz + interval '3 days' * (n::float8 / $1), $2
FROM generate_series(10, $1::bigint, 10) AS n

-- name: consent
INSERT INTO consent_log (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as, message_id)
SELECT pg_temp.made('consent', n), pg_temp.made('profile', n), 'email', 'marketing', 'granted', 'form', $2, $2,
       'user_id:user-' || n, 'consent-' || n
FROM generate_series(1, $1::bigint) AS n

-- name: dispatches
-- Every fifth person's event has reached its run; of every two thousandth it is on the way.
INSERT INTO dispatches (profile_id, run_id, event_id, kind, due_at, created_at, delivered_at)
SELECT pg_temp.made('profile', n), pg_temp.made('run', n), pg_temp.made('event1', n), 'event', $2, $2,
       CASE WHEN n % 2000 <> 0 THEN $2::timestamptz + interval '40 milliseconds' END
FROM generate_series(5, $1::bigint, 5) AS n

-- name: rejected
INSERT INTO rejected_events (id, received_at, door, field, reason, payload)
SELECT pg_temp.made('rejected', n), $2::timestamptz - n * interval '1 second', 'track', 'event', 'must be text, not 7',
       '{"type": "track", "event": 7}'
FROM generate_series(1, greatest($1::bigint / 50, 1)) AS n

-- name: erasures
INSERT INTO erasures (erased_id, begun_at, finished_at, by, why, removed)
SELECT pg_temp.made('erased', n), $2::timestamptz - n * interval '1 minute', $2, 'admin', 'ticket ' || n, '{"events": 12}'
FROM generate_series(1, greatest($1::bigint / 50, 1)) AS n

-- name: somebody
-- The person in the middle, with a run, a decision and an erasure that is as old.
SELECT pg_temp.made('profile', $1::bigint / 2) AS profile, pg_temp.made('run', $1::bigint / 2) AS run,
       pg_temp.made('decision0', $1::bigint / 2) AS decision, pg_temp.made('erased', greatest($1::bigint / 100, 1)) AS erased
