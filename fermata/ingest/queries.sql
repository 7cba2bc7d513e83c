-- name: stored
SELECT message_id FROM message_ids WHERE message_id = ANY($1::text[])

-- name: store_events
-- Whoever takes the message id has the event. In the order of these, so that two transactions that store the same ones
-- wait in one direction only.
WITH taken AS (
    INSERT INTO message_ids (message_id, event_id)
    SELECT message_id, id FROM unnest($1::uuid[], $2::text[]) AS new (id, message_id) ORDER BY message_id
    ON CONFLICT (message_id) DO NOTHING
    RETURNING event_id
)
INSERT INTO events (
    id, message_id, type, name, profile_id, occurred_at, received_at, properties, context, routing, marks,
    original_name, enrichment, explanations
)
SELECT id, message_id, type, name, profile_id, occurred_at, $12::timestamptz, properties, context, routing, marks::jsonb,
       original_name, enrichment, explanations
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[], $7::jsonb[], $8::jsonb[], $9::jsonb[],
    $10::text[], $11::text[], $13::jsonb[], $14::jsonb[]
) AS new (
    id, message_id, type, name, profile_id, occurred_at, properties, context, routing, marks, original_name, enrichment,
    explanations
) JOIN taken ON taken.event_id = new.id

-- name: reroute
-- What became of events after all, where somebody is not in the segment that would have let them enter.
UPDATE events SET routing = told.routing, explanations = told.explanations
FROM unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) AS told (id, routing, explanations)
WHERE events.id = told.id

-- name: store_rejections
INSERT INTO rejected_events (id, received_at, field, reason, payload, door)
SELECT id, $6::timestamptz, field, reason, payload, door
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, field, reason, payload, door)

-- name: rejected
-- The newest first, from where the page before ended.
SELECT id, received_at, door, field, reason, payload, resent_at
FROM rejected_events
WHERE (received_at, id) < ($1, $2)
ORDER BY received_at DESC, id DESC
LIMIT $3

-- name: rejected_one
SELECT id, received_at, door, field, reason, payload, resent_at FROM rejected_events WHERE id = $1

-- name: resent
-- The first time counts.
UPDATE rejected_events SET resent_at = coalesce(resent_at, $2) WHERE id = $1

-- name: dispatch
-- Ids in the order given. The notice goes out with the commit.
WITH written AS (
    INSERT INTO dispatches (profile_id, run_id, event_id, kind, payload, due_at, created_at)
    SELECT profile_id, run_id, event_id, kind, payload, $6::timestamptz, $6::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::jsonb[])
        WITH ORDINALITY AS new (profile_id, run_id, event_id, kind, payload, place)
    ORDER BY place
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM written

-- name: claim
-- From the oldest due one on: those that are the first of their profile and that no other dispatcher holds.
WITH heads AS MATERIALIZED (
    SELECT d.id, d.kind, d.run_id, d.payload, d.attempts, d.failures, d.created_at, d.due_at
    FROM dispatches d
    WHERE d.delivered_at IS NULL AND d.due_at <= $1
      AND NOT EXISTS (
          SELECT 1 FROM dispatches before
          WHERE before.profile_id = d.profile_id AND before.id < d.id AND before.delivered_at IS NULL
      )
      -- And of their run: what was left for it before a merge stands under the profile that it had then.
      AND NOT EXISTS (
          SELECT 1 FROM dispatches before
          WHERE before.run_id = d.run_id AND before.id < d.id AND before.delivered_at IS NULL
      )
    ORDER BY d.due_at, d.id
    LIMIT $2
    FOR UPDATE OF d SKIP LOCKED
)
SELECT heads.*, run.journey, run.profile_id, run.workflow_id, run.ended_at IS NOT NULL AS run_ended,
       -- Of a run that has begun nobody looks further.
       run.temporal_run_id IS NULL AND heads.kind <> 'start' AND EXISTS (
           SELECT 1 FROM dispatches start WHERE start.run_id = run.id AND start.kind = 'start' AND start.result = 'dead'
       ) AS start_is_dead
FROM heads JOIN journey_runs run ON run.id = heads.run_id
ORDER BY heads.id

-- name: delivered
UPDATE dispatches d SET delivered_at = $3, result = done.result, attempts = d.attempts + 1
FROM unnest($1::bigint[], $2::text[]) AS done (id, result)
WHERE d.id = done.id

-- name: failed
UPDATE dispatches SET failures = failures + 1 WHERE id = ANY($1::bigint[])

-- name: postponed
-- All that wait behind a postponed one wait with it, so that a claim need not step over them again and again.
UPDATE dispatches d
SET due_at = greatest(d.due_at, later.due_at),
    attempts = d.attempts + CASE WHEN d.id = later.id THEN 1 ELSE 0 END
FROM unnest($1::bigint[], $2::timestamptz[]) AS later (id, due_at)
JOIN dispatches head ON head.id = later.id
WHERE d.profile_id = head.profile_id AND d.delivered_at IS NULL
