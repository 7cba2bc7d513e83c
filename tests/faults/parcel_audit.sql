-- name: unrest
-- What still moves. When nothing does any more, everything has been recovered from.
SELECT (SELECT count(*) FROM dispatches WHERE delivered_at IS NULL) AS dispatches,
       (SELECT count(*) FROM journey_runs WHERE ended_at IS NULL) AS runs,
       -- A send that was begun ten minutes ago, and whose end nobody knows, stays so: it counts as sent.
       (SELECT count(*) FROM reservations WHERE state NOT IN ('sent', 'released', 'failed', 'unknown')) AS sends

-- name: events
SELECT message_id, id FROM events WHERE message_id = ANY($1::text[])

-- name: runs
SELECT r.id, r.workflow_id, r.state, r.reason, t.properties ->> 'parcel_id' AS parcel_id
FROM journey_runs r
JOIN events t ON t.id = r.trigger_event_id

-- name: decisions
-- Not those whose send waited for ten minutes, was given back, and decided again.
SELECT d.run_id, d.message, d.action, d.reason
FROM decisions d
LEFT JOIN reservations r ON r.decision_id = d.id
WHERE r.state IS DISTINCT FROM 'released' OR r.attempts > 0
ORDER BY d.decided_at, d.visit, d.id

-- name: sends
SELECT d.dedupe_key, r.channel, r.state, r.attempts, r.provider_message_id
FROM reservations r
JOIN decisions d ON d.id = r.decision_id
