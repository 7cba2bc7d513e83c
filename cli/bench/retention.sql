-- A month of one person's events, and somebody else with a run that began before it.

-- name: people
INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $3, $3), ($2, $3, $3)

-- name: events
-- Evenly over four weeks, as large as those of the benchmark of storage, with their message ids.
WITH new AS (
    SELECT first_id_at($2::timestamptz + n * (interval '28 days' / $3::int)) AS id, $2::timestamptz AS at
    FROM generate_series(0, $3::int - 1) AS n
), taken AS (
    INSERT INTO message_ids (message_id, event_id) SELECT md5(id::text), id FROM new
)
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties, context)
SELECT id, md5(id::text), 'track', 'Product Viewed', $1, at, at,
       jsonb_build_object('product_id', 'p1', 'name', 'Trail shoe', 'price', 89.5, 'currency', 'EUR',
                          'url', md5(id::text)),
       '{"page": {"path": "/shoes"}, "userAgent": "Mozilla/5.0"}'
FROM new

-- name: run
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
VALUES ($1, 'cart_recovery', $1, $1::uuid::text, $1, 'active', $2)

-- name: run_over
UPDATE journey_runs SET ended_at = started_at, state = 'completed'
