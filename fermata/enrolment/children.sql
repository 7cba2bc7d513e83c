-- name: begun
-- What the word of a parent has come to in one journey.
SELECT e.routing ->> $2 AS result, run.id AS run_id
FROM message_ids m
JOIN events e ON e.id = m.event_id
LEFT JOIN journey_runs run ON run.profile_id = e.profile_id AND run.journey = $2 AND run.trigger_event_id = e.id
WHERE m.message_id = $1

-- name: adopt
INSERT INTO child_runs (run_id, parent_run_id, awaited) VALUES ($1, $2, $3)
ON CONFLICT (run_id) DO NOTHING
