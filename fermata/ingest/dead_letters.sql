-- name: set_aside
-- The same event again, while its letter is open, is the same letter.
INSERT INTO dead_letters (id, kind, reason, tries, died_at, message_id, payload)
VALUES ($1, 'event', $2, 1, $3, $4, $5)
ON CONFLICT (message_id) WHERE ended_at IS NULL
DO UPDATE SET reason = excluded.reason, tries = dead_letters.tries + 1

-- name: bury
INSERT INTO dead_letters (id, kind, reason, tries, died_at, dispatch_id)
SELECT id, 'dispatch', reason, tries, $5, dispatch_id
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::int[]) AS new (id, dispatch_id, reason, tries)

-- name: waiting
-- The newest first, from where the page before ended.
SELECT l.id, l.kind, l.reason, l.tries, l.died_at, l.ended_at, l.ended_as, l.message_id,
       d.kind AS word, d.run_id, run.journey, run.profile_id, d.event_id
FROM dead_letters l
LEFT JOIN dispatches d ON d.id = l.dispatch_id
LEFT JOIN journey_runs run ON run.id = d.run_id
WHERE (l.died_at, l.id) < ($1, $2) AND l.ended_at IS NULL
ORDER BY l.died_at DESC, l.id DESC
LIMIT $3

-- name: all
-- Also those that ended.
SELECT l.id, l.kind, l.reason, l.tries, l.died_at, l.ended_at, l.ended_as, l.message_id,
       d.kind AS word, d.run_id, run.journey, run.profile_id, d.event_id
FROM dead_letters l
LEFT JOIN dispatches d ON d.id = l.dispatch_id
LEFT JOIN journey_runs run ON run.id = d.run_id
WHERE (l.died_at, l.id) < ($1, $2)
ORDER BY l.died_at DESC, l.id DESC
LIMIT $3

-- name: one
SELECT l.id, l.kind, l.reason, l.tries, l.died_at, l.ended_at, l.ended_as, l.message_id,
       d.kind AS word, d.run_id, run.journey, run.profile_id, d.event_id
FROM dead_letters l
LEFT JOIN dispatches d ON d.id = l.dispatch_id
LEFT JOIN journey_runs run ON run.id = d.run_id
WHERE l.id = $1

-- name: hold
SELECT l.kind, l.payload, l.dispatch_id, l.ended_as, d.kind AS word, d.run_id, run.workflow_id
FROM dead_letters l
LEFT JOIN dispatches d ON d.id = l.dispatch_id
LEFT JOIN journey_runs run ON run.id = d.run_id
WHERE l.id = $1
FOR UPDATE OF l

-- name: failed_again
UPDATE dead_letters SET tries = tries + 1, reason = $2 WHERE id = $1 AND ended_at IS NULL

-- name: end
UPDATE dead_letters SET ended_at = $2, ended_as = $3 WHERE id = $1 AND ended_at IS NULL

-- name: lock_profile
SELECT p.id, run.ended_at IS NOT NULL AS run_ended
FROM journey_runs run JOIN profiles p ON p.id = run.profile_id
WHERE run.id = $1
FOR UPDATE OF p

-- name: leave_again
-- A dead word once more, and with a dead start all that waited behind it, in their order.
WITH again AS (
    UPDATE dispatches SET result = $4
    WHERE id = $1 OR ($2::bool AND run_id = (SELECT run_id FROM dispatches WHERE id = $1) AND result = 'held')
    RETURNING id, run_id, event_id, kind, payload
), written AS (
    INSERT INTO dispatches (profile_id, run_id, event_id, kind, payload, due_at, created_at)
    SELECT $5, run_id, event_id, kind, payload, $3::timestamptz, $3::timestamptz FROM again ORDER BY id
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM written

-- name: leave_for_good
UPDATE dispatches SET result = 'dropped'
WHERE id = $1 OR ($2::bool AND run_id = (SELECT run_id FROM dispatches WHERE id = $1) AND result = 'held')

-- name: still_stuck
UPDATE dead_letters l SET reason = told.reason, tries = told.tries
FROM unnest($1::text[], $2::text[], $3::int[]) AS told (temporal_run_id, reason, tries)
JOIN journey_runs run ON run.temporal_run_id = told.temporal_run_id
JOIN dispatches d ON d.run_id = run.id
WHERE l.dispatch_id = d.id AND l.kind = 'run' AND l.ended_at IS NULL

-- name: newly_stuck
-- A run's letter hangs on the word that began it, and goes with that.
INSERT INTO dead_letters (id, kind, reason, tries, died_at, dispatch_id)
SELECT told.id, 'run', told.reason, told.tries, $5, start.id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS told (id, temporal_run_id, reason, tries)
JOIN journey_runs run ON run.temporal_run_id = told.temporal_run_id
JOIN LATERAL (
    SELECT d.id FROM dispatches d WHERE d.run_id = run.id AND d.kind = 'start' ORDER BY d.id DESC LIMIT 1
) start ON true
WHERE NOT EXISTS (
    SELECT 1 FROM dead_letters l JOIN dispatches d ON d.id = l.dispatch_id
    WHERE d.run_id = run.id AND l.kind = 'run' AND l.ended_at IS NULL
)

-- name: recovered
UPDATE dead_letters l SET ended_at = $2, ended_as = 'recovered'
FROM dispatches d JOIN journey_runs run ON run.id = d.run_id
WHERE l.dispatch_id = d.id AND l.kind = 'run' AND l.ended_at IS NULL AND NOT run.temporal_run_id = ANY($1::text[])
